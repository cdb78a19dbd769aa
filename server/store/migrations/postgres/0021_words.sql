-- A search of several words. Same name and meaning as the SQLite twin.

-- All words by which somebody is found, in their order, each between spaces: who has one word and others besides is seen in the
-- rows of the one, instead of by looking everybody up who has it.
ALTER TABLE membership_terms ADD COLUMN words TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE membership_terms SET words = ' ' || found.words || ' ' FROM (
    SELECT membership_id, string_agg(term, ' ' ORDER BY term) AS words FROM membership_terms GROUP BY membership_id) AS found
 WHERE found.membership_id = membership_terms.membership_id;
-- A search reads the index alone.
ALTER TABLE membership_terms DROP CONSTRAINT membership_terms_pkey,
    ADD PRIMARY KEY (org_id, term, sort_name, membership_id) INCLUDE (kind, open_until, words);
