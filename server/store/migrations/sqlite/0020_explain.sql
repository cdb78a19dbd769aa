-- What explaining access asks (N6). Same name and meaning as the PostgreSQL twin.

-- Who has something through groups, by name.
CREATE INDEX memberships_through_groups ON memberships (org_id, sort_name, id) WHERE through_groups <> '';
-- By what roles, groups and the organization itself have become others.
CREATE INDEX audit_events_of_definitions ON audit_events (org_id, at, id) WHERE action IN
    ('role.changed', 'role.deleted', 'group.changed', 'group.deleted', 'organization.archived', 'organization.restored');
