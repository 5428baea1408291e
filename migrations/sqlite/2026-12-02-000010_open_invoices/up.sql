-- Who owes is asked on many pages, and those who do are few after the first weeks of a round.
CREATE INDEX invoices_open ON invoices (school_id, student_id) WHERE cancelled = FALSE AND paid_dong < net_dong;
