-- A finished task needs none. $1 task
DELETE FROM ledger.checkpoint WHERE task = $1::uuid RETURNING encode(artifact, 'hex')
