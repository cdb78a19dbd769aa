-- Domains of organizations (B50). Same name and meaning as the SQLite twin.

-- token: what the record in DNS has to say. check_result: of checked_at, as model::domain::CheckResult. auto_join: how people come
-- in who have an address of it, with which role, and who chose that: an id of the time, of somebody who may have left since.
CREATE TABLE domains (
    id           TEXT COLLATE "C" PRIMARY KEY,
    org_id       TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    name         TEXT COLLATE "C" NOT NULL,
    token        TEXT COLLATE "C" NOT NULL,
    added_at     BIGINT NOT NULL,
    verified_at  BIGINT,
    checked_at   BIGINT,
    check_result TEXT COLLATE "C",
    auto_join    TEXT COLLATE "C" NOT NULL,
    role         TEXT COLLATE "C" NOT NULL,
    chosen_by    TEXT COLLATE "C"
);
CREATE UNIQUE INDEX domains_of_organization ON domains (org_id, name);
-- Many may claim a name, one has proven it.
CREATE UNIQUE INDEX domains_verified ON domains (name) WHERE verified_at IS NOT NULL;
