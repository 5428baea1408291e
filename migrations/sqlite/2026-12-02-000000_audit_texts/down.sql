DROP TABLE audit_texts;
DROP TRIGGER decisions_no_update;
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions is append-only'); END;
DROP TRIGGER match_refusals_no_update;
CREATE TRIGGER match_refusals_no_update BEFORE UPDATE ON match_refusals BEGIN SELECT RAISE(ABORT, 'match_refusals is append-only'); END;
DROP TRIGGER identity_rulings_no_update;
CREATE TRIGGER identity_rulings_no_update BEFORE UPDATE ON identity_rulings BEGIN SELECT RAISE(ABORT, 'identity_rulings is append-only'); END;
DROP TRIGGER receipt_voids_no_update;
CREATE TRIGGER receipt_voids_no_update BEFORE UPDATE ON receipt_voids BEGIN SELECT RAISE(ABORT, 'receipt_voids is append-only'); END;
