-- Runs in progress besides this one. $1 run
SELECT count(*) FROM ledger.run WHERE state = 'running' AND id <> $1::uuid
