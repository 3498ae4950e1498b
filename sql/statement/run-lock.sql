-- One completion of a run at a time: what it opens is decided under this lock. $1 run
SELECT state, plan FROM ledger.run WHERE id = $1::uuid FOR NO KEY UPDATE
