-- What belongs to a student belongs to the student's school: one key holds both, where two keys let
-- a row name one school and a student of another, and cost twice as much for each row of a roster.
CREATE UNIQUE INDEX students_in_school ON students (school_id, id);
ALTER TABLE student_identifiers
  DROP CONSTRAINT student_identifiers_school_id_fkey,
  DROP CONSTRAINT student_identifiers_student_id_fkey,
  ADD CONSTRAINT student_identifiers_student_of_school_fkey FOREIGN KEY (school_id, student_id) REFERENCES students (school_id, id);
ALTER TABLE guardians
  DROP CONSTRAINT guardians_school_id_fkey,
  DROP CONSTRAINT guardians_student_id_fkey,
  ADD CONSTRAINT guardians_student_of_school_fkey FOREIGN KEY (school_id, student_id) REFERENCES students (school_id, id);
ALTER TABLE enrolments
  DROP CONSTRAINT enrolments_school_id_fkey,
  DROP CONSTRAINT enrolments_student_id_fkey,
  ADD CONSTRAINT enrolments_student_of_school_fkey FOREIGN KEY (school_id, student_id) REFERENCES students (school_id, id);
