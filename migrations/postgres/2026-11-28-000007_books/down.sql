DROP INDEX allocations_family;
