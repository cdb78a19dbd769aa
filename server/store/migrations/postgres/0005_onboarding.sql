-- Accounts that were created with a temporary password. Same name and meaning as the SQLite twin.

-- Until when the password can be used that somebody else has set; nothing for one that its owner has chosen.
ALTER TABLE credentials ADD COLUMN temporary_until BIGINT;
