-- The provenance that the release of a version wrote. $1 version's id
SELECT o.artifact FROM ledger.model_version v JOIN ledger.task_output o ON o.task = v.task
WHERE v.id = $1::uuid AND o.role = 'provenance' AND o.ordinal = 0
