-- $1 task, $2 attempt, $3 worker, $4 host
INSERT INTO ledger.attempt (task, attempt, worker, host) VALUES ($1::uuid, $2::int, $3::text, $4::text)
