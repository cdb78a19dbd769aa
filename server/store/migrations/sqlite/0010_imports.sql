-- Imports of people from a file. Same name and meaning as the PostgreSQL twin.

-- A row of a file is one of a job too, and has no membership before it has made somebody one.
CREATE TABLE job_rows (
    job_id        TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    n             BIGINT NOT NULL,
    membership_id TEXT,
    name          TEXT NOT NULL,
    email         TEXT NOT NULL,
    role_to       TEXT,
    role_before   TEXT,
    state         TEXT NOT NULL,
    reason        TEXT NOT NULL,
    -- The cells of the row in the file, as JSON; only there.
    cells         TEXT,
    -- What is done with it (model::import::Plan), empty until it was checked; and what changes about whom.
    plan          TEXT NOT NULL DEFAULT '',
    difference    TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (job_id, n),
    UNIQUE (job_id, membership_id)
);
INSERT INTO job_rows (job_id, n, membership_id, name, email, role_to, role_before, state, reason)
    SELECT job_id, n, membership_id, name, email, role_to, role_before, state, reason FROM job_items;
DROP TABLE job_items;
ALTER TABLE job_rows RENAME TO job_items;
CREATE INDEX job_items_by_state ON job_items (job_id, state, n);
-- An address that stands in a file twice.
CREATE INDEX job_items_by_email ON job_items (job_id, email) WHERE cells IS NOT NULL;

CREATE TABLE imports (
    job_id    TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    org_id    TEXT NOT NULL REFERENCES organizations (id),
    file_name TEXT NOT NULL,
    -- SHA-256 of the file: it is told when it was imported before.
    digest    TEXT NOT NULL,
    -- The heads of its columns, and what they hold (model::import::Mapping), as JSON.
    header    TEXT NOT NULL,
    mapping   TEXT NOT NULL
);
CREATE INDEX imports_by_digest ON imports (org_id, digest);
