-- Saved views of the people grid, and on which each person lands. Same name and meaning as the PostgreSQL twin.

-- A private view goes with the membership that it is private to; a shared one stays without its maker.
CREATE TABLE saved_views (
    id         TEXT PRIMARY KEY,
    org_id     TEXT NOT NULL REFERENCES organizations (id),
    made_by    TEXT REFERENCES memberships (id) ON DELETE SET NULL,
    private_to TEXT REFERENCES memberships (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    name_key   TEXT NOT NULL,
    query      TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CHECK (private_to IS NULL OR private_to = made_by),
    UNIQUE (made_by, name_key)
);
CREATE INDEX saved_views_shared ON saved_views (org_id, name_key, id) WHERE private_to IS NULL;
CREATE INDEX saved_views_private ON saved_views (private_to);

CREATE TABLE default_views (
    membership_id TEXT PRIMARY KEY REFERENCES memberships (id) ON DELETE CASCADE,
    view_id       TEXT NOT NULL REFERENCES saved_views (id) ON DELETE CASCADE
);
CREATE INDEX default_views_by_view ON default_views (view_id);
