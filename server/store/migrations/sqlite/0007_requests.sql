-- Requests for invitations. Same name and meaning as the PostgreSQL twin.

-- told_at: when the admins were told of it, as long as they were. Who decided is an id of the time, of somebody who may have
-- left since.
CREATE TABLE invitation_requests (
    id         TEXT PRIMARY KEY,
    org_id     TEXT NOT NULL REFERENCES organizations (id),
    email      TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name  TEXT NOT NULL,
    message    TEXT NOT NULL,
    state      TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    told_at    BIGINT,
    decided_at BIGINT,
    decided_by TEXT
);
CREATE UNIQUE INDEX invitation_requests_open ON invitation_requests (org_id, email) WHERE state = 'open';
CREATE INDEX invitation_requests_by_email ON invitation_requests (org_id, email);
CREATE INDEX invitation_requests_by_age ON invitation_requests (org_id, id) WHERE state = 'open';
CREATE INDEX invitation_requests_told ON invitation_requests (org_id, told_at);
CREATE INDEX invitation_requests_untold ON invitation_requests (org_id) WHERE state = 'open' AND told_at IS NULL;
CREATE INDEX invitation_requests_decided ON invitation_requests (decided_at);
