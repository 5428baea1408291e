-- Roles are named after who people are at work; those who only read become what their key reaches.
ALTER TABLE api_keys DROP CONSTRAINT api_keys_role;
UPDATE api_keys SET role = CASE
  WHEN role = 'admin' THEN 'administrator'
  WHEN role = 'reader' AND authority_id IS NOT NULL THEN 'supervisor'
  WHEN role = 'reader' THEN 'auditor'
  ELSE role END;
ALTER TABLE api_keys ADD CONSTRAINT api_keys_role CHECK (role IN ('accountant', 'cashier', 'chief_accountant', 'head', 'supervisor', 'administrator', 'auditor'));
