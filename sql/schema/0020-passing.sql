-- What a task found of the world outside may be otherwise an hour later: files that went away while they were read come back.
-- A batch that was read without some of its files, and any such batch of before, is read again by the next run that needs it.
ALTER TABLE ledger.task ADD COLUMN passing boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN ledger.task.passing IS 'What it found may be otherwise in the next run, which does not reuse it: files that changed or went away after they were listed.';
UPDATE ledger.task t SET passing = true FROM ledger.task_counter c
WHERE t.kind = 'ingest.read' AND t.state = 'done' AND c.task = t.id AND c.name = 'items_failed' AND c.value > 0;
UPDATE ledger.item SET digest = NULL WHERE error LIKE 'after it was listed: %' OR error LIKE 'changed after it was listed%';
