DROP TABLE school_satellites;
DROP TABLE school_aliases;
DROP TABLE authority_successors;
DROP TABLE authority_former_names;
DROP TABLE authority_parents;
