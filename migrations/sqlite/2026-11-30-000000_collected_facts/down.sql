DROP TABLE collected_facts;
