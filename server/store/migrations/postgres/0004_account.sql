-- Links that are mailed about an account. Same name and meaning as the SQLite twin.

-- new_email is there in a change of address, which has two links: one to each mailbox.
CREATE TABLE account_links (
    id         TEXT COLLATE "C" PRIMARY KEY,
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose    TEXT COLLATE "C" NOT NULL,
    token_hash TEXT COLLATE "C" NOT NULL UNIQUE,
    new_email  TEXT COLLATE "C",
    state      TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    closed_at  BIGINT
);
CREATE INDEX account_links_by_user ON account_links (user_id, purpose, state);
CREATE INDEX account_links_by_end ON account_links (expires_at);

-- The outbox anew: mail about an account is of no organization. Neither engine's way of taking NOT NULL from a column is
-- the other's.
CREATE TABLE outbox_anew (
    id              TEXT COLLATE "C" PRIMARY KEY,
    org_id          TEXT COLLATE "C" REFERENCES organizations (id),
    invitation_id   TEXT COLLATE "C",
    account_link_id TEXT COLLATE "C",
    sealed_body     TEXT NOT NULL,
    state           TEXT COLLATE "C" NOT NULL,
    attempts        BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    leased_until    BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    closed_at       BIGINT,
    last_error      TEXT
);
INSERT INTO outbox_anew (id, org_id, invitation_id, sealed_body, state, attempts, next_attempt_at, leased_until, created_at, closed_at, last_error)
    SELECT id, org_id, invitation_id, sealed_body, state, attempts, next_attempt_at, leased_until, created_at, closed_at, last_error FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_anew RENAME TO outbox;
CREATE INDEX outbox_due ON outbox (next_attempt_at, id) WHERE state = 'queued';
CREATE INDEX outbox_by_invitation ON outbox (invitation_id) WHERE state = 'queued';
CREATE INDEX outbox_by_account_link ON outbox (account_link_id) WHERE state = 'queued';
