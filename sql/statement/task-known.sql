-- Whether a message speaks of a task that exists. $1 task
SELECT state FROM ledger.task WHERE id = $1::uuid
