DROP TABLE identity_doubts;
DROP TABLE identity_rulings;
