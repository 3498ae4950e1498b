-- A message that was set aside may be sent once more when its cause is mended.
ALTER TABLE ledger.dead_letter ADD COLUMN sent timestamptz, ADD COLUMN sent_by text,
    ADD CONSTRAINT dead_letter_sent_by_somebody CHECK ((sent IS NULL) = (sent_by IS NULL));
COMMENT ON COLUMN ledger.dead_letter.sent IS 'When it was sent again; NULL: it was not.';
COMMENT ON COLUMN ledger.dead_letter.sent_by IS 'Who sent it again.';
