-- How the mail of an organization looks and by which server it leaves. Same name and meaning as the PostgreSQL twin.

-- The profile is JSON without secrets; the password of its server is sealed with the installation's key. The logo is the
-- file in base64, empty where there is none: neither engine's type for bytes is the other's.
CREATE TABLE mail_profiles (
    org_id          TEXT PRIMARY KEY REFERENCES organizations (id),
    version         BIGINT NOT NULL,
    profile         TEXT NOT NULL,
    sealed_password TEXT,
    logo            TEXT NOT NULL,
    updated_at      BIGINT NOT NULL
);
