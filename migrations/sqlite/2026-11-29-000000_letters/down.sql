DROP TABLE family_links;
DROP TABLE letters;
DROP INDEX families_in_school;
