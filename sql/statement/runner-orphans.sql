-- Runs of a pipeline and definition that go on without a runner, perhaps. $1 pipeline, $2 definition
SELECT r.id FROM ledger.run r JOIN ledger.pipeline p ON p.id = r.pipeline
WHERE p.name = $1::text AND r.definition = $2::bytea AND r.state = 'running' ORDER BY r.created DESC
