-- What tasks measured, seen from every run that made or reused them. A reused task has the key of the task that did the
-- work; its measurements and outcomes are found by it.

CREATE VIEW report.metric AS
SELECT t.run, p.name AS pipeline, t.kind, t.spec ->> 'model' AS model, k.name AS key, m.step, m.value, t.id AS task
FROM ledger.metric m
JOIN ledger.metric_key k ON k.id = m.key
JOIN ledger.task made ON made.id = m.task
JOIN ledger.task t ON t.key = made.key AND NOT t.repair
JOIN ledger.run r ON r.id = t.run
JOIN ledger.pipeline p ON p.id = r.pipeline;
COMMENT ON VIEW report.metric IS 'Every point of every series of a run: loss by step, tokens per second, ...';

CREATE VIEW report.metric_last AS
SELECT DISTINCT ON (t.run, t.id, m.key)
       t.run, t.kind, t.spec ->> 'model' AS model, k.name AS key, m.step, m.value, m.least, m.points
FROM ledger.metric_last m
JOIN ledger.metric_key k ON k.id = m.key
JOIN ledger.task made ON made.id = m.task
JOIN ledger.task t ON t.key = made.key AND NOT t.repair
ORDER BY t.run, t.id, m.key, m.task;
COMMENT ON VIEW report.metric_last IS 'The last value of each series of a run.';

CREATE VIEW report.evaluation AS
SELECT DISTINCT ON (t.run, t.kind, e.subject, e.metric)
       t.run, p.name AS pipeline, t.kind, e.subject, e.metric, e.value, e.low, e.high
FROM ledger.evaluation e
JOIN ledger.task made ON made.id = e.task
JOIN ledger.task t ON t.key = made.key AND NOT t.repair
JOIN ledger.run r ON r.id = t.run
JOIN ledger.pipeline p ON p.id = r.pipeline
WHERE t.kind IN ('evaluate.score', 'evaluate.baseline')
ORDER BY t.run, t.kind, e.subject, e.metric, e.task;
COMMENT ON VIEW report.evaluation IS 'Scores on the held-out documents, of models and baselines, by run.';

CREATE VIEW report.verdict AS
SELECT DISTINCT ON (t.run, t.id, v.ordinal)
       t.run, p.name AS pipeline, t.spec ->> 'model' AS model, v.ordinal, v.gate, v.left_value, v.right_value, v.passed,
       v.reason
FROM ledger.verdict v
JOIN ledger.task made ON made.id = v.task
JOIN ledger.task t ON t.key = made.key AND NOT t.repair
JOIN ledger.run r ON r.id = t.run
JOIN ledger.pipeline p ON p.id = r.pipeline
ORDER BY t.run, t.id, v.ordinal, v.task;
COMMENT ON VIEW report.verdict IS 'The gates of a run, the numbers they compared, and what came of it.';

CREATE VIEW report.run_shard AS
SELECT t.run, s.id AS shard, src.name AS source, s.documents, s.kept, s.kept_bytes, s.artifact AS digest,
       s.task = t.id AS made
FROM ledger.task t
JOIN ledger.shard s ON s.key = t.key
JOIN ledger.source src ON src.id = s.source
WHERE t.kind = 'clean.shard' AND NOT t.repair;
COMMENT ON VIEW report.run_shard IS 'The clean shards of a run, made by it or reused.';
