-- No row where another run holds the slot. $1 pipeline, $2 slot in microseconds, $3 run
INSERT INTO ledger.run_slot (pipeline, slot, run)
VALUES ($1::bigint, timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3::uuid)
ON CONFLICT DO NOTHING RETURNING run
