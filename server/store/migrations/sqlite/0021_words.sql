-- A search of several words. Same name and meaning as the PostgreSQL twin.

-- All words by which somebody is found, in their order, each between spaces: who has one word and others besides is seen in the
-- rows of the one, instead of by looking everybody up who has it.
ALTER TABLE membership_terms ADD COLUMN words TEXT NOT NULL DEFAULT '';
UPDATE membership_terms SET words = ' ' || (
    SELECT group_concat(w.term, ' ' ORDER BY w.term) FROM membership_terms w
     WHERE w.membership_id = membership_terms.membership_id) || ' ';
