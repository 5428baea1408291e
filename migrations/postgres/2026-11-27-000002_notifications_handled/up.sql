-- Whoever acknowledges a notification waits for every index it goes into. A school's list is read
-- seldom, and what still waits is little: only what was handled is found by its school.
DROP INDEX notifications_school;
CREATE INDEX notifications_handled ON notifications (school_id, id) WHERE state <> 'waiting';
