DROP TABLE tours;
