-- Deleting people, and ownership that passes by acceptance. Same name and meaning as the SQLite twin.

-- An account that was deleted stays as a shell without anything personal, so that its id is never used again and what it
-- did stays its own.
ALTER TABLE users ADD COLUMN erased_at BIGINT;

-- The addresses of those who were deleted, as keyed hashes.
CREATE TABLE tombstones (
    org_id     TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    email_hash TEXT COLLATE "C" NOT NULL,
    deleted_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, email_hash)
);

CREATE TABLE ownership_offers (
    id         TEXT COLLATE "C" PRIMARY KEY,
    org_id     TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    from_id    TEXT COLLATE "C" NOT NULL REFERENCES memberships (id) ON DELETE CASCADE,
    to_id      TEXT COLLATE "C" NOT NULL REFERENCES memberships (id) ON DELETE CASCADE,
    mode       TEXT COLLATE "C" NOT NULL,
    state      TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    closed_at  BIGINT
);
CREATE UNIQUE INDEX ownership_offers_open_from ON ownership_offers (from_id) WHERE state = 'open';
CREATE INDEX ownership_offers_open_to ON ownership_offers (to_id) WHERE state = 'open';
CREATE INDEX ownership_offers_from ON ownership_offers (from_id);
CREATE INDEX ownership_offers_to ON ownership_offers (to_id);

-- What somebody hands over who goes.
CREATE INDEX invitations_by_inviter ON invitations (org_id, invited_by) WHERE state = 'open';
CREATE INDEX jobs_by_creator ON jobs (created_by) WHERE state IN ('planning', 'planned', 'running');
