-- Jobs: one thing done to many people. Same name and meaning as the SQLite twin.

CREATE TABLE jobs (
    id           TEXT COLLATE "C" PRIMARY KEY,
    org_id       TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    created_by   TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    op           TEXT COLLATE "C" NOT NULL,
    role_to      TEXT COLLATE "C",
    state        TEXT COLLATE "C" NOT NULL,
    selection    TEXT COLLATE "C" NOT NULL,
    cursor       TEXT COLLATE "C" NOT NULL,
    undo_of      TEXT COLLATE "C" UNIQUE,
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
    job_id        TEXT COLLATE "C" NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    n             BIGINT NOT NULL,
    membership_id TEXT COLLATE "C" NOT NULL,
    name          TEXT COLLATE "C" NOT NULL,
    email         TEXT COLLATE "C" NOT NULL,
    role_to       TEXT COLLATE "C",
    role_before   TEXT COLLATE "C",
    state         TEXT COLLATE "C" NOT NULL,
    reason        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (job_id, n),
    UNIQUE (job_id, membership_id)
);
CREATE INDEX job_items_by_state ON job_items (job_id, state, n);
