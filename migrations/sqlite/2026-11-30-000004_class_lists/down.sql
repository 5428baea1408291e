DROP INDEX receipts_class;
DROP INDEX students_class;
