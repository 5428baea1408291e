DROP INDEX notifications_handled;
CREATE INDEX notifications_school ON notifications (school_id, id);
