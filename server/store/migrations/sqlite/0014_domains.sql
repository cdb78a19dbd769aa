-- Domains of organizations (B50). Same name and meaning as the PostgreSQL twin.

-- token: what the record in DNS has to say. check_result: of checked_at, as model::domain::CheckResult. auto_join: how people come
-- in who have an address of it, with which role, and who chose that: an id of the time, of somebody who may have left since.
CREATE TABLE domains (
    id           TEXT PRIMARY KEY,
    org_id       TEXT NOT NULL REFERENCES organizations (id),
    name         TEXT NOT NULL,
    token        TEXT NOT NULL,
    added_at     BIGINT NOT NULL,
    verified_at  BIGINT,
    checked_at   BIGINT,
    check_result TEXT,
    auto_join    TEXT NOT NULL,
    role         TEXT NOT NULL,
    chosen_by    TEXT
);
CREATE UNIQUE INDEX domains_of_organization ON domains (org_id, name);
-- Many may claim a name, one has proven it.
CREATE UNIQUE INDEX domains_verified ON domains (name) WHERE verified_at IS NOT NULL;
