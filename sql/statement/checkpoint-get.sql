-- $1 task
SELECT step, encode(artifact, 'hex') FROM ledger.checkpoint WHERE task = $1::uuid
