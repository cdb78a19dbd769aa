-- The Partner section (B44). Same name and meaning as the PostgreSQL twin.

-- What a partner organization's referral link ends with. One that was replaced is gone. The last statement gives those that are
-- partner organizations already one of theirs.
ALTER TABLE organizations ADD COLUMN referral_code TEXT;
CREATE UNIQUE INDEX organizations_by_referral_code ON organizations (referral_code) WHERE referral_code IS NOT NULL;

-- Organizations that were founded through a link: each of them once, by org_id.
CREATE TABLE referrals (
    id          TEXT PRIMARY KEY,
    org_id      TEXT NOT NULL REFERENCES organizations (id),
    customer_id TEXT NOT NULL REFERENCES organizations (id),
    referred_at BIGINT NOT NULL,
    UNIQUE (customer_id)
);
CREATE INDEX referrals_of_partner ON referrals (org_id, id);

-- Commissions and payouts (kind, as model::partner::RecordKind). day: as calendars have it, 2026-11-30. amount: in minor units of
-- the currency.
CREATE TABLE partner_records (
    id          TEXT PRIMARY KEY,
    org_id      TEXT NOT NULL REFERENCES organizations (id),
    kind        TEXT NOT NULL,
    day         TEXT NOT NULL,
    currency    TEXT NOT NULL,
    amount      BIGINT NOT NULL,
    referral_id TEXT REFERENCES referrals (id),
    reference   TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    UNIQUE (org_id, reference, kind)
);
CREATE INDEX partner_records_by_day ON partner_records (org_id, kind, day, id);
-- Whoever writes a referral looks for its records, as the reference asks for.
CREATE INDEX partner_records_by_referral ON partner_records (referral_id);

-- What they come to, kept up in the transaction that enters them: by month (2026-11), since ever, and by customer.
CREATE TABLE partner_months (
    org_id      TEXT NOT NULL REFERENCES organizations (id),
    month       TEXT NOT NULL,
    currency    TEXT NOT NULL,
    commissions BIGINT NOT NULL,
    payouts     BIGINT NOT NULL,
    PRIMARY KEY (org_id, month, currency)
);
CREATE TABLE partner_totals (
    org_id      TEXT NOT NULL REFERENCES organizations (id),
    currency    TEXT NOT NULL,
    commissions BIGINT NOT NULL,
    payouts     BIGINT NOT NULL,
    PRIMARY KEY (org_id, currency)
);
CREATE TABLE referral_totals (
    referral_id TEXT NOT NULL REFERENCES referrals (id),
    currency    TEXT NOT NULL,
    commissions BIGINT NOT NULL,
    PRIMARY KEY (referral_id, currency)
);

UPDATE organizations SET referral_code = lower(hex(randomblob(8))) WHERE kind = 'partner';
