-- A task is written four times and each of its charges once; what is hardly ever set needs no place in an index for that.

DROP INDEX ledger.task_reused_from;
CREATE INDEX task_reused_from ON ledger.task (reused_from) WHERE reused_from IS NOT NULL;
DROP INDEX ledger.task_settings_run;
CREATE INDEX task_settings_run ON ledger.task (settings_run) WHERE settings_run <> run;
DROP INDEX ledger.charge_source;
CREATE INDEX charge_source ON ledger.charge (source) WHERE source IS NOT NULL;
DROP INDEX ledger.charge_correction_of;
CREATE INDEX charge_correction_of ON ledger.charge (correction_of) WHERE correction_of IS NOT NULL;

-- What the relay asks for again and again is found at once: messages of no task, and tasks that wait to be tried again.
CREATE INDEX outbox_message ON ledger.outbox (id) WHERE published IS NULL AND task IS NULL;
CREATE INDEX task_again ON ledger.task (not_before) WHERE state = 'ready' AND published IS NULL AND attempt > 0;
