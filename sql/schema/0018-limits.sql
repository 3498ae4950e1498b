-- What a run may spend stands in its plan, too.
COMMENT ON COLUMN ledger.run.plan IS 'What of the definition the task graph needs: sources, models, baselines, the release, the alias; and limits, where there are any: what it may spend, in currency: run, and month, with month_spent, what the month had cost when the run began.';
