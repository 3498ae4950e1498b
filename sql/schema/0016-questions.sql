-- What a run consists of and what a task cost is found by an index. Those that stood here left repairs and corrections out, so
-- that no question which does not could use them: it read all tasks, or all charges, of the ledger.
DROP INDEX ledger.task_once;
CREATE UNIQUE INDEX task_once ON ledger.task
    (run, kind, position, (CASE WHEN repair THEN id ELSE '00000000-0000-0000-0000-000000000000' END));
DROP INDEX ledger.charge_once;
CREATE UNIQUE INDEX charge_once ON ledger.charge (task, attempt, resource, (CASE WHEN correction_of IS NULL THEN 0 ELSE id END));
-- What was spent in vain on the work behind a model counts, too; found by key, as what was done is.
CREATE INDEX task_in_vain ON ledger.task (key) WHERE state IN ('failed', 'cancelled');
