-- Connections of the applications behind, their models, and who was given which role on them (B40). Same name and meaning as
-- the SQLite twin.

CREATE TABLE connections (
    id           TEXT COLLATE "C" PRIMARY KEY,
    org_id       TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    -- By what applications know it. Names need not differ.
    key          TEXT COLLATE "C" NOT NULL,
    name         TEXT NOT NULL,
    name_key     TEXT COLLATE "C" NOT NULL,
    description  TEXT NOT NULL,
    application  TEXT NOT NULL,
    default_role TEXT COLLATE "C" NOT NULL,
    created_at   BIGINT NOT NULL,
    UNIQUE (org_id, key)
);
CREATE INDEX connections_by_name ON connections (org_id, name_key, id);

CREATE TABLE connection_models (
    id            TEXT COLLATE "C" PRIMARY KEY,
    org_id        TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    connection_id TEXT COLLATE "C" NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    name          TEXT NOT NULL,
    name_key      TEXT COLLATE "C" NOT NULL,
    created_at    BIGINT NOT NULL,
    UNIQUE (connection_id, name_key)
);

-- Variations of roles on connections: what is taken away stands as codes, by spaces.
CREATE TABLE connection_roles (
    id         TEXT COLLATE "C" PRIMARY KEY,
    org_id     TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    name       TEXT NOT NULL,
    name_key   TEXT COLLATE "C" NOT NULL,
    base       TEXT COLLATE "C" NOT NULL,
    withheld   TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (org_id, name_key)
);

-- What people have of their own: on the connection where model_id is empty, on that model alone else. With the name by which
-- they are listed.
CREATE TABLE connection_people (
    connection_id  TEXT COLLATE "C" NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    membership_id  TEXT COLLATE "C" NOT NULL REFERENCES memberships (id) ON DELETE CASCADE,
    model_id       TEXT COLLATE "C" NOT NULL,
    org_id         TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    role           TEXT COLLATE "C" NOT NULL,
    custom_role_id TEXT COLLATE "C" REFERENCES connection_roles (id),
    sort_name      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (connection_id, membership_id, model_id)
);
CREATE INDEX connection_people_by_name ON connection_people (connection_id, sort_name, membership_id, model_id);
CREATE INDEX connection_people_by_membership ON connection_people (membership_id);
CREATE INDEX connection_people_by_role ON connection_people (custom_role_id) WHERE custom_role_id IS NOT NULL;

-- The same of groups.
CREATE TABLE connection_groups (
    connection_id  TEXT COLLATE "C" NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    group_id       TEXT COLLATE "C" NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    model_id       TEXT COLLATE "C" NOT NULL,
    org_id         TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    role           TEXT COLLATE "C" NOT NULL,
    custom_role_id TEXT COLLATE "C" REFERENCES connection_roles (id),
    PRIMARY KEY (connection_id, group_id, model_id)
);
CREATE INDEX connection_groups_by_group ON connection_groups (group_id);
CREATE INDEX connection_groups_by_role ON connection_groups (custom_role_id) WHERE custom_role_id IS NOT NULL;
