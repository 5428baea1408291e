-- A list of one class reads that class only, and the classes of receipts are read one by one.
CREATE INDEX students_class ON students (school_id, class, sort_key, id);
CREATE INDEX receipts_class ON receipts (school_id, class, school_year, number);
