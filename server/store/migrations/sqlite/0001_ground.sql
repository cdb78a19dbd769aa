-- The ground: organizations, people, sign-in, invitations, audit, outbox. Same name and meaning as the PostgreSQL twin.
-- Ids and keys compare by bytes, which is what SQLite does; time is epoch milliseconds; 9223372036854775807 stands for "for ever".

CREATE TABLE installation (
    id        BIGINT PRIMARY KEY CHECK (id = 1),
    set_up_at BIGINT NOT NULL
);

CREATE TABLE organizations (
    id         TEXT PRIMARY KEY,
    slug       TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    policies   TEXT NOT NULL,
    revision   BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    id         TEXT PRIMARY KEY,
    email      TEXT NOT NULL UNIQUE,
    first_name TEXT NOT NULL,
    last_name  TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE credentials (
    user_id       TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    password_hash TEXT NOT NULL,
    changed_at    BIGINT NOT NULL
);

CREATE TABLE memberships (
    id            TEXT PRIMARY KEY,
    org_id        TEXT NOT NULL REFERENCES organizations (id),
    user_id       TEXT REFERENCES users (id),
    kind          TEXT NOT NULL,
    role          TEXT NOT NULL,
    status        TEXT NOT NULL,
    source        TEXT NOT NULL,
    email         TEXT NOT NULL,
    first_name    TEXT NOT NULL,
    last_name     TEXT NOT NULL,
    sort_name     TEXT NOT NULL,
    open_until    BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    joined_at     BIGINT,
    last_login_at BIGINT,
    UNIQUE (org_id, email)
);
CREATE UNIQUE INDEX memberships_by_user ON memberships (user_id, org_id);
CREATE INDEX memberships_by_name ON memberships (org_id, kind, sort_name, id, open_until);
CREATE INDEX memberships_by_login ON memberships (org_id, kind, (COALESCE(last_login_at, 0)), id, open_until);
CREATE INDEX memberships_by_role ON memberships (org_id, kind, role, sort_name, id, open_until);
CREATE INDEX memberships_by_status ON memberships (org_id, kind, status, sort_name, id, open_until);
CREATE INDEX memberships_by_source ON memberships (org_id, kind, source, sort_name, id, open_until);
CREATE INDEX memberships_by_age ON memberships (org_id, kind, created_at, id, open_until);
CREATE INDEX memberships_invited_by_name ON memberships (org_id, sort_name, id, open_until) WHERE status = 'invited';
CREATE INDEX memberships_invited_by_role ON memberships (org_id, role, sort_name, id, open_until) WHERE status = 'invited';
CREATE INDEX memberships_invited_by_source ON memberships (org_id, source, sort_name, id, open_until) WHERE status = 'invited';
CREATE INDEX memberships_invited_by_age ON memberships (org_id, created_at, id, open_until) WHERE status = 'invited';
CREATE INDEX memberships_invited_by_end ON memberships (org_id, open_until, kind, role, source) WHERE status = 'invited';
CREATE INDEX memberships_owners ON memberships (org_id) WHERE role = 'owner';

-- The words by whose beginnings people are found. Carries what the lists filter and sort by, so that a search reads
-- this table alone.
CREATE TABLE membership_terms (
    org_id        TEXT NOT NULL,
    term          TEXT NOT NULL,
    sort_name     TEXT NOT NULL,
    membership_id TEXT NOT NULL REFERENCES memberships (id) ON DELETE CASCADE,
    kind          TEXT NOT NULL,
    open_until    BIGINT NOT NULL,
    PRIMARY KEY (org_id, term, sort_name, membership_id)
) WITHOUT ROWID;
CREATE INDEX membership_terms_by_membership ON membership_terms (membership_id, term);

-- Who is invited is counted by the day (since 1970, UTC) on which the invitation ends, so that nobody has to be counted
-- for having run out but those of today.
CREATE TABLE people_counts (
    org_id  TEXT NOT NULL REFERENCES organizations (id),
    kind    TEXT NOT NULL,
    status  TEXT NOT NULL,
    role    TEXT NOT NULL,
    source  TEXT NOT NULL,
    ends_on BIGINT NOT NULL,
    n       BIGINT NOT NULL CHECK (n >= 0),
    PRIMARY KEY (org_id, kind, status, role, source, ends_on)
);

CREATE TABLE invitations (
    id             TEXT PRIMARY KEY,
    org_id         TEXT NOT NULL REFERENCES organizations (id),
    membership_id  TEXT NOT NULL,
    token_hash     TEXT NOT NULL UNIQUE,
    state          TEXT NOT NULL,
    invited_by     TEXT NOT NULL REFERENCES users (id),
    created_at     BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL,
    closed_at      BIGINT,
    delivery       TEXT NOT NULL,
    delivery_error TEXT
);
CREATE INDEX invitations_by_membership ON invitations (membership_id, created_at);

CREATE TABLE sessions (
    id           TEXT PRIMARY KEY,
    token_hash   TEXT NOT NULL UNIQUE,
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    user_agent   TEXT NOT NULL,
    address      TEXT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- org_id is absent for what happens before or beside any organization, such as a refused login.
CREATE TABLE audit_events (
    id          TEXT PRIMARY KEY,
    org_id      TEXT REFERENCES organizations (id),
    at          BIGINT NOT NULL,
    actor_id    TEXT,
    actor_name  TEXT NOT NULL,
    action      TEXT NOT NULL,
    target_id   TEXT,
    target_name TEXT NOT NULL,
    detail      TEXT NOT NULL
);
CREATE INDEX audit_events_by_org ON audit_events (org_id, id);
CREATE INDEX audit_events_by_target ON audit_events (org_id, target_id, id);
CREATE INDEX audit_events_by_actor ON audit_events (org_id, actor_id, id);

-- What has to leave after the transaction that wrote it: mail now, webhooks later. The body is sealed.
CREATE TABLE outbox (
    id              TEXT PRIMARY KEY,
    org_id          TEXT NOT NULL REFERENCES organizations (id),
    invitation_id   TEXT,
    sealed_body     TEXT NOT NULL,
    state           TEXT NOT NULL,
    attempts        BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    leased_until    BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    closed_at       BIGINT,
    last_error      TEXT
);
CREATE INDEX outbox_due ON outbox (next_attempt_at, id) WHERE state = 'queued';
CREATE INDEX outbox_by_invitation ON outbox (invitation_id) WHERE state = 'queued';

CREATE TABLE rate_limits (
    key       TEXT PRIMARY KEY,
    opened_at BIGINT NOT NULL,
    n         BIGINT NOT NULL
);
CREATE INDEX rate_limits_by_age ON rate_limits (opened_at);
