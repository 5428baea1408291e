-- By whom a school is kept, where it is known; authorities look at each kind by itself.
ALTER TABLE schools ADD COLUMN ownership TEXT CHECK (ownership IN ('public', 'community', 'private'));
