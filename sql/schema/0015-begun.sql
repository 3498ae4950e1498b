-- Of several tasks that a worker took at once it was at one when it ended: only an attempt that was begun counts as failed.
ALTER TABLE ledger.attempt ADD COLUMN begun timestamptz;
UPDATE ledger.attempt SET begun = started WHERE claimed_with = 1 AND (outcome IS NULL OR outcome = 'lost');
ALTER TABLE ledger.attempt ALTER COLUMN begun SET DEFAULT clock_timestamp();
COMMENT ON COLUMN ledger.attempt.begun IS 'When its worker was known to turn to it: at the claim if it was claimed alone, at its turn if it was tried before. Empty for new tasks claimed together, which are too quick to record it: if lost, none of them counts as failed.';
