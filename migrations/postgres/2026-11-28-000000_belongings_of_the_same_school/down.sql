ALTER TABLE student_identifiers
  DROP CONSTRAINT student_identifiers_student_of_school_fkey,
  ADD CONSTRAINT student_identifiers_school_id_fkey FOREIGN KEY (school_id) REFERENCES schools (id),
  ADD CONSTRAINT student_identifiers_student_id_fkey FOREIGN KEY (student_id) REFERENCES students (id);
ALTER TABLE guardians
  DROP CONSTRAINT guardians_student_of_school_fkey,
  ADD CONSTRAINT guardians_school_id_fkey FOREIGN KEY (school_id) REFERENCES schools (id),
  ADD CONSTRAINT guardians_student_id_fkey FOREIGN KEY (student_id) REFERENCES students (id);
ALTER TABLE enrolments
  DROP CONSTRAINT enrolments_student_of_school_fkey,
  ADD CONSTRAINT enrolments_school_id_fkey FOREIGN KEY (school_id) REFERENCES schools (id),
  ADD CONSTRAINT enrolments_student_id_fkey FOREIGN KEY (student_id) REFERENCES students (id);
DROP INDEX students_in_school;
