-- Imports of people from a file. Same name and meaning as the SQLite twin.

-- A row of a file is one of a job too, and has no membership before it has made somebody one.
ALTER TABLE job_items ALTER COLUMN membership_id DROP NOT NULL;
-- The cells of the row in the file, as JSON; only there.
ALTER TABLE job_items ADD COLUMN cells TEXT;
-- What is done with it (model::import::Plan), empty until it was checked; and what changes about whom.
ALTER TABLE job_items ADD COLUMN plan TEXT NOT NULL DEFAULT '';
ALTER TABLE job_items ADD COLUMN difference TEXT NOT NULL DEFAULT '';
-- An address that stands in a file twice.
CREATE INDEX job_items_by_email ON job_items (job_id, email) WHERE cells IS NOT NULL;

CREATE TABLE imports (
    job_id    TEXT COLLATE "C" PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    org_id    TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    file_name TEXT NOT NULL,
    -- SHA-256 of the file: it is told when it was imported before.
    digest    TEXT COLLATE "C" NOT NULL,
    -- The heads of its columns, and what they hold (model::import::Mapping), as JSON.
    header    TEXT NOT NULL,
    mapping   TEXT NOT NULL
);
CREATE INDEX imports_by_digest ON imports (org_id, digest);
