-- A slot whose run failed or was cancelled may be run again, and one whose model was refused by another definition; by the
-- same one it would be refused again. $1 pipeline, $2 slot in microseconds, $3 definition
DELETE FROM ledger.run_slot s USING ledger.pipeline p, ledger.run r
WHERE p.id = s.pipeline AND r.id = s.run AND p.name = $1::text
  AND s.slot = timestamptz 'epoch' + $2::bigint * interval '1 microsecond'
  AND (r.state IN ('failed', 'cancelled') OR (r.state = 'refused' AND r.definition <> $3::bytea))
