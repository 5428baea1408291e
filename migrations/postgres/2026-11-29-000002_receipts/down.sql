DROP TABLE receipt_invoices;
DROP TABLE receipt_requests;
DROP TABLE receipt_voids;
DROP TABLE receipts;
DROP TABLE receipt_terms;
