-- Which tasks of messages exist. $1 tasks
SELECT id FROM ledger.task WHERE id = ANY ($1::uuid[])
