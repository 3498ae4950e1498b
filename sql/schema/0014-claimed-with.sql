-- Quick tasks are claimed several at once: when their worker is lost, all of them are, though it worked on one.
ALTER TABLE ledger.attempt ADD COLUMN claimed_with int NOT NULL DEFAULT 1 CHECK (claimed_with > 0);
COMMENT ON COLUMN ledger.attempt.claimed_with IS 'How many tasks its worker claimed in one with it, itself counted in: if lost, they share what the worker used.';
