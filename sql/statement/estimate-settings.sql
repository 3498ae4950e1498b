-- The settings of each kind in the newest run of a pipeline that came to an end, as one text. $1 pipeline
SELECT s.kind, array_to_string(s.settings, E'\n') FROM ledger.stage_run s
WHERE s.run = (SELECT r.id FROM ledger.run r JOIN ledger.pipeline p ON p.id = r.pipeline
               WHERE p.name = $1::text AND r.state IN ('done', 'refused') ORDER BY r.created DESC LIMIT 1)
