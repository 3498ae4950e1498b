-- What these tasks found may be otherwise in the next run. $1 tasks
UPDATE ledger.task SET passing = true WHERE id = ANY ($1::uuid[])
