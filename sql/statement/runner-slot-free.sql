-- A slot whose run failed, was cancelled or refused may be run again. $1 pipeline, $2 slot in microseconds
DELETE FROM ledger.run_slot s USING ledger.pipeline p, ledger.run r
WHERE p.id = s.pipeline AND r.id = s.run AND p.name = $1::text
  AND s.slot = timestamptz 'epoch' + $2::bigint * interval '1 microsecond'
  AND r.state IN ('failed', 'cancelled', 'refused')
