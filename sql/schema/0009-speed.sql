-- What is asked for every task is found by an index: the task that waits longest, and how many are published and unclaimed.

CREATE INDEX task_waiting ON ledger.task (stage, created, position) WHERE state = 'ready';
CREATE INDEX task_offered ON ledger.task (published) WHERE state = 'ready' AND published IS NOT NULL;
DROP INDEX ledger.task_ready;
