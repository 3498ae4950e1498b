-- A run that hangs ends at its deadline, whoever watches.
ALTER TABLE ledger.run ADD COLUMN deadline timestamptz CHECK (deadline > created);
COMMENT ON COLUMN ledger.run.deadline IS 'When it fails if it has not ended; NULL: it may take as long as it likes.';
CREATE INDEX run_deadline ON ledger.run (deadline) WHERE state = 'running';
