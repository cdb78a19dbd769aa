-- Custom roles: a base role less some permissions (B41). Same name and meaning as the PostgreSQL twin.

CREATE TABLE custom_roles (
    id         TEXT PRIMARY KEY,
    org_id     TEXT NOT NULL REFERENCES organizations (id),
    name       TEXT NOT NULL,
    name_key   TEXT NOT NULL,
    base       TEXT NOT NULL,
    withheld   TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (org_id, name_key)
);

-- Which one somebody has, whose base is their role; and what it takes away, as it stands there, so that whoever reads a
-- membership knows what it gives.
ALTER TABLE memberships ADD COLUMN custom_role_id TEXT REFERENCES custom_roles (id);
ALTER TABLE memberships ADD COLUMN withheld TEXT NOT NULL DEFAULT '';
CREATE INDEX memberships_by_custom_role ON memberships (custom_role_id) WHERE custom_role_id IS NOT NULL;
