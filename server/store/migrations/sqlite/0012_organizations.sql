-- Several organizations, and people of other ones. Same name and meaning as the PostgreSQL twin.

-- What an organization is (model::OrgKind), its details as JSON (model::organization::OrgDetails), and since when it is
-- archived: it can be read then, and nothing changes.
ALTER TABLE organizations ADD COLUMN kind TEXT NOT NULL DEFAULT 'customer';
ALTER TABLE organizations ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
ALTER TABLE organizations ADD COLUMN archived_at BIGINT;

-- A role that only partner organizations have could be given before there were any.
UPDATE organizations SET kind = 'partner'
    WHERE id IN (SELECT org_id FROM memberships WHERE role = 'partner' OR ends LIKE '%"then":"partner"%');

-- Since when it is known that whoever holds an account reads its mailbox: by a link that went there alone, for a new password
-- or a new address. The link of an invitation is none, which who invites can copy.
ALTER TABLE users ADD COLUMN email_proven_at BIGINT;

-- From which organization an external comes, and when a person was last seen here, by which the last used opens first.
ALTER TABLE memberships ADD COLUMN home_org_id TEXT REFERENCES organizations (id);
ALTER TABLE memberships ADD COLUMN last_used_at BIGINT;
CREATE INDEX memberships_guests ON memberships (home_org_id, sort_name, id) WHERE home_org_id IS NOT NULL;

-- Who has invited an address, for whom it belongs to.
CREATE INDEX memberships_invited_by_email ON memberships (email) WHERE status = 'invited';
