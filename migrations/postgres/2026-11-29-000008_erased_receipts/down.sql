DROP TRIGGER receipts_no_change ON receipts;
DROP FUNCTION doisoat_refuse_receipt_change();
CREATE TRIGGER receipts_no_change BEFORE UPDATE OR DELETE ON receipts FOR EACH ROW EXECUTE FUNCTION doisoat_refuse_change();
