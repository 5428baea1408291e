DROP TABLE letter_wordings;
DROP TABLE letter_terms;
DROP TABLE letter_addresses;
DROP INDEX letters_about;
DROP TABLE letter_copies;
