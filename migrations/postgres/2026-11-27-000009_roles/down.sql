-- Who is of a role that was not there before gets no more than they had: they read.
ALTER TABLE api_keys DROP CONSTRAINT api_keys_role;
UPDATE api_keys SET role = CASE
  WHEN role = 'administrator' THEN 'admin'
  WHEN role IN ('accountant', 'chief_accountant') THEN 'accountant'
  ELSE 'reader' END;
ALTER TABLE api_keys ADD CONSTRAINT api_keys_role CHECK (role IN ('reader', 'accountant', 'admin'));
