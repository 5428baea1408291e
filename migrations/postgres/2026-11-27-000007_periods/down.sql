DROP TABLE period_invoices;
DROP TABLE period_payments;
DROP TABLE period_closes;
DROP TABLE periods;
