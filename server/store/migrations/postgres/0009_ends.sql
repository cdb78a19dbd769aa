-- Time-boxed access. Same name and meaning as the SQLite twin.

-- The ends as JSON (model::Ends), empty where there are none; and when next something is to be done about them.
ALTER TABLE memberships ADD COLUMN ends TEXT NOT NULL DEFAULT '';
ALTER TABLE memberships ADD COLUMN due_at BIGINT;
CREATE INDEX memberships_due ON memberships (due_at, org_id) WHERE due_at IS NOT NULL;
