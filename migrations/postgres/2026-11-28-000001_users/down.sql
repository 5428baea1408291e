DROP TABLE sign_in_attempts;
DROP TABLE recovery_codes;
DROP TABLE user_tokens;
DROP TABLE sessions;
DROP TABLE user_grants;
DROP TABLE users;
