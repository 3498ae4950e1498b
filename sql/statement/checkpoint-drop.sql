-- A finished task needs none. $1 tasks
DELETE FROM ledger.checkpoint WHERE task = ANY ($1::uuid[]) RETURNING task, encode(artifact, 'hex')
