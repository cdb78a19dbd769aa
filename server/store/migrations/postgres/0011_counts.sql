-- Counters of days that are over. Same name and meaning as the SQLite twin.

-- What they held is counted together under the day -1 (store::counts), so that a list reads few counters however long an
-- organization has invited people. This is by what they are found.
CREATE INDEX people_counts_past ON people_counts (ends_on, org_id) WHERE ends_on > 0;
