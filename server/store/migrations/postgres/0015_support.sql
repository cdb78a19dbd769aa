-- Support access (B53). Same name and meaning as the SQLite twin.

-- Since when somebody is of the staff that organizations can let in; the operator of the installation says who is.
ALTER TABLE users ADD COLUMN support_since BIGINT;
CREATE INDEX users_support ON users (support_since) WHERE support_since IS NOT NULL;

-- With what somebody was let in. Until when stands with the membership, as for everybody.
CREATE TABLE support_grants (
    membership_id TEXT COLLATE "C" PRIMARY KEY REFERENCES memberships (id) ON DELETE CASCADE,
    org_id        TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    reason        TEXT NOT NULL,
    granted_by    TEXT NOT NULL,
    granted_at    BIGINT NOT NULL
);
