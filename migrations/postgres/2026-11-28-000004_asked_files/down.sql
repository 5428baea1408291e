DROP TABLE asked_files;
