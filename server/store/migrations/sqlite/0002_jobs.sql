-- Jobs: one thing done to many people. Same name and meaning as the PostgreSQL twin.

CREATE TABLE jobs (
    id           TEXT PRIMARY KEY,
    org_id       TEXT NOT NULL REFERENCES organizations (id),
    created_by   TEXT NOT NULL REFERENCES users (id),
    op           TEXT NOT NULL,
    role_to      TEXT,
    state        TEXT NOT NULL,
    selection    TEXT NOT NULL,
    cursor       TEXT NOT NULL,
    undo_of      TEXT UNIQUE,
    would        BIGINT NOT NULL CHECK (would >= 0),
    unchanged    BIGINT NOT NULL,
    left_out     BIGINT NOT NULL,
    done         BIGINT NOT NULL,
    failed       BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    leased_until BIGINT NOT NULL
);
CREATE INDEX jobs_due ON jobs (updated_at, id) WHERE state IN ('planning', 'running');
CREATE INDEX jobs_of_organization ON jobs (org_id, id);
CREATE INDEX jobs_by_age ON jobs (updated_at);

-- The names and addresses are those of the time: who was revoked stands nowhere else.
CREATE TABLE job_items (
    job_id        TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    n             BIGINT NOT NULL,
    membership_id TEXT NOT NULL,
    name          TEXT NOT NULL,
    email         TEXT NOT NULL,
    role_to       TEXT,
    role_before   TEXT,
    state         TEXT NOT NULL,
    reason        TEXT NOT NULL,
    PRIMARY KEY (job_id, n),
    UNIQUE (job_id, membership_id)
);
CREATE INDEX job_items_by_state ON job_items (job_id, state, n);
