-- A search of several words. Same name and meaning as the SQLite twin.

-- words: all by which somebody is found, in their order, each between spaces. Who has one word and others besides is seen in the
-- rows of the one, instead of by looking everybody up who has it. Made anew rather than changed in place: the table is as dense as
-- on the first day, and a release that does not know the column is refused, instead of writing people whom a search misses.
CREATE TABLE membership_terms_with_words (
    org_id        TEXT COLLATE "C" NOT NULL,
    term          TEXT COLLATE "C" NOT NULL,
    sort_name     TEXT COLLATE "C" NOT NULL,
    membership_id TEXT COLLATE "C" NOT NULL,
    kind          TEXT COLLATE "C" NOT NULL,
    open_until    BIGINT NOT NULL,
    words         TEXT COLLATE "C" NOT NULL
);
INSERT INTO membership_terms_with_words
SELECT t.org_id, t.term, t.sort_name, t.membership_id, t.kind, t.open_until, ' ' || found.words || ' '
  FROM membership_terms t
  JOIN (SELECT membership_id, string_agg(term, ' ' ORDER BY term) AS words FROM membership_terms GROUP BY membership_id) AS found
    ON found.membership_id = t.membership_id;
DROP TABLE membership_terms;
ALTER TABLE membership_terms_with_words RENAME TO membership_terms;
-- A search reads the index alone.
ALTER TABLE membership_terms
    ADD PRIMARY KEY (org_id, term, sort_name, membership_id) INCLUDE (kind, open_until, words),
    ADD FOREIGN KEY (membership_id) REFERENCES memberships (id) ON DELETE CASCADE;
CREATE INDEX membership_terms_by_membership ON membership_terms (membership_id, term);
