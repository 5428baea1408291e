-- What a family has as credit is asked for with every page of receivables; without this the whole
-- ledger would be read for it.
CREATE INDEX allocations_family ON allocations (family_id) WHERE family_id IS NOT NULL;
