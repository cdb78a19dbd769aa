-- Attributes of people (B39). Same name and meaning as the PostgreSQL twin.

CREATE TABLE attributes (
    id            TEXT PRIMARY KEY,
    org_id        TEXT NOT NULL REFERENCES organizations (id),
    attribute_key TEXT NOT NULL,
    label         TEXT NOT NULL,
    description   TEXT NOT NULL,
    value_type    TEXT NOT NULL,
    -- One on each line, as the default values are.
    options       TEXT NOT NULL,
    how_many      TEXT NOT NULL,
    default_value TEXT NOT NULL,
    seen_by       TEXT NOT NULL,
    edited_by     TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    UNIQUE (org_id, attribute_key)
);

-- What people have of their own, a row for each value; the term is by what it is found and told apart from others.
CREATE TABLE person_attributes (
    attribute_id  TEXT NOT NULL REFERENCES attributes (id) ON DELETE CASCADE,
    membership_id TEXT NOT NULL REFERENCES memberships (id) ON DELETE CASCADE,
    org_id        TEXT NOT NULL REFERENCES organizations (id),
    term          TEXT NOT NULL,
    value         TEXT NOT NULL,
    PRIMARY KEY (attribute_id, membership_id, term)
);
CREATE INDEX person_attributes_by_membership ON person_attributes (membership_id);
CREATE INDEX person_attributes_by_term ON person_attributes (attribute_id, term);

-- What groups say.
CREATE TABLE group_attributes (
    attribute_id TEXT NOT NULL REFERENCES attributes (id) ON DELETE CASCADE,
    group_id     TEXT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    org_id       TEXT NOT NULL REFERENCES organizations (id),
    term         TEXT NOT NULL,
    value        TEXT NOT NULL,
    PRIMARY KEY (attribute_id, group_id, term)
);
CREATE INDEX group_attributes_by_group ON group_attributes (group_id);

-- What holds for somebody by either, made from both: by this the list is narrowed down, and this its columns show. Who has
-- the default alone has no row.
CREATE TABLE attribute_terms (
    attribute_id  TEXT NOT NULL REFERENCES attributes (id) ON DELETE CASCADE,
    membership_id TEXT NOT NULL REFERENCES memberships (id) ON DELETE CASCADE,
    org_id        TEXT NOT NULL REFERENCES organizations (id),
    term          TEXT NOT NULL,
    value         TEXT NOT NULL,
    sort_name     TEXT NOT NULL,
    PRIMARY KEY (attribute_id, membership_id, term)
);
CREATE INDEX attribute_terms_by_term ON attribute_terms (attribute_id, term, sort_name, membership_id);
CREATE INDEX attribute_terms_by_membership ON attribute_terms (membership_id);
