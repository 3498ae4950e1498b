-- The model version that a task registered. $1 task
SELECT id, version FROM ledger.model_version WHERE task = $1::uuid
