-- Custom roles: a base role less some permissions (B41). Same name and meaning as the SQLite twin.

CREATE TABLE custom_roles (
    id         TEXT COLLATE "C" PRIMARY KEY,
    org_id     TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    name       TEXT NOT NULL,
    name_key   TEXT COLLATE "C" NOT NULL,
    base       TEXT COLLATE "C" NOT NULL,
    withheld   TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (org_id, name_key)
);

-- Which one somebody has, whose base is their role; and what it takes away, as it stands there, so that whoever reads a
-- membership knows what it gives.
ALTER TABLE memberships ADD COLUMN custom_role_id TEXT COLLATE "C" REFERENCES custom_roles (id);
ALTER TABLE memberships ADD COLUMN withheld TEXT NOT NULL DEFAULT '';
CREATE INDEX memberships_by_custom_role ON memberships (custom_role_id) WHERE custom_role_id IS NOT NULL;
