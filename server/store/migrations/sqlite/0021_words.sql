-- A search of several words. Same name and meaning as the PostgreSQL twin.

-- words: all by which somebody is found, in their order, each between spaces. Who has one word and others besides is seen in the
-- rows of the one, instead of by looking everybody up who has it. Made anew rather than changed in place: the table is as dense as
-- on the first day, and a release that does not know the column is refused, instead of writing people whom a search misses.
CREATE TABLE membership_terms_with_words (
    org_id        TEXT NOT NULL,
    term          TEXT NOT NULL,
    sort_name     TEXT NOT NULL,
    membership_id TEXT NOT NULL REFERENCES memberships (id) ON DELETE CASCADE,
    kind          TEXT NOT NULL,
    open_until    BIGINT NOT NULL,
    words         TEXT NOT NULL,
    PRIMARY KEY (org_id, term, sort_name, membership_id)
) WITHOUT ROWID;
INSERT INTO membership_terms_with_words
SELECT t.org_id, t.term, t.sort_name, t.membership_id, t.kind, t.open_until, ' ' || (
    SELECT group_concat(w.term, ' ' ORDER BY w.term) FROM membership_terms w WHERE w.membership_id = t.membership_id) || ' '
  FROM membership_terms t;
DROP TABLE membership_terms;
ALTER TABLE membership_terms_with_words RENAME TO membership_terms;
CREATE INDEX membership_terms_by_membership ON membership_terms (membership_id, term);
