-- Groups, who is in them, and what comes to somebody through them (B38). Same name and meaning as the PostgreSQL twin.

CREATE TABLE groups (
    id             TEXT PRIMARY KEY,
    org_id         TEXT NOT NULL REFERENCES organizations (id),
    name           TEXT NOT NULL,
    name_key       TEXT NOT NULL,
    description    TEXT NOT NULL,
    parent_id      TEXT REFERENCES groups (id),
    -- The base role that it gives, and the custom role of which it is the base.
    role           TEXT,
    custom_role_id TEXT REFERENCES custom_roles (id),
    created_at     BIGINT NOT NULL,
    UNIQUE (org_id, name_key)
);
CREATE INDEX groups_by_parent ON groups (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX groups_by_custom_role ON groups (custom_role_id) WHERE custom_role_id IS NOT NULL;

-- With the name by which its people are listed.
CREATE TABLE group_members (
    group_id      TEXT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    membership_id TEXT NOT NULL REFERENCES memberships (id) ON DELETE CASCADE,
    org_id        TEXT NOT NULL REFERENCES organizations (id),
    sort_name     TEXT NOT NULL,
    PRIMARY KEY (group_id, membership_id)
);
CREATE INDEX group_members_by_name ON group_members (group_id, sort_name, membership_id);
CREATE INDEX group_members_by_membership ON group_members (membership_id);

-- What comes through groups, as it stands there, so that whoever reads a membership knows what it gives:
-- 'admin:edit_policies view_audit;viewer:' is a custom role that lacks two permissions of Admin, and Viewer.
ALTER TABLE memberships ADD COLUMN through_groups TEXT NOT NULL DEFAULT '';

-- What is done to many people may be about a group. It may be gone by the time somebody reads of it.
ALTER TABLE jobs ADD COLUMN group_id TEXT;
