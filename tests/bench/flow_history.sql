-- :nights nights before the first run of this ledger, as it was: each a run of its pipeline, in which a tenth of the shards was new
-- (read, cleaned, encoded, with their documents), the rest reused; each made a dataset version, a tokenizer, a model and its scores.
-- Of tests/bench/flow; by psql, as the superuser, who writes them past triggers and foreign keys.
SET session_replication_role = replica;

CREATE FUNCTION pg_temp.other(id uuid, night int) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT md5(id::text || night)::uuid $$;
CREATE FUNCTION pg_temp.other(digest bytea, night int) RETURNS bytea LANGUAGE sql IMMUTABLE AS
    $$ SELECT sha256(digest || convert_to(night::text, 'UTF8')) $$;

CREATE TEMP TABLE first AS SELECT r.* FROM ledger.run r ORDER BY created LIMIT 1;
CREATE TEMP TABLE night AS
SELECT n, pg_temp.other(f.id, n) AS run, now() - (:nights + 1 - n) * interval '1 day' AS at FROM first f, generate_series(1, :nights) n;
CREATE TEMP TABLE old AS -- a task of a night
SELECT t.id, t.kind, n.n, n.run, n.at, pg_temp.other(t.id, n.n) AS new,
       t.kind NOT IN ('ingest.read', 'clean.shard', 'tokenize.encode') OR (t.position[1] + t.position[2] + n.n) % 10 = 0 AS fresh
FROM ledger.task t JOIN first f ON t.run = f.id, night n;
UPDATE old SET fresh = fresh OR n = 1;
CREATE TEMP TABLE done AS SELECT * FROM old WHERE fresh;
ANALYZE old;
ANALYZE done;

INSERT INTO ledger.run (id, pipeline, definition, slot, plan, state, code_version, host, actor, created, finished)
SELECT n.run, f.pipeline, f.definition, n.at, f.plan, f.state, f.code_version, f.host, f.actor, n.at, n.at + interval '1 minute'
FROM first f, night n;
INSERT INTO ledger.task (id, run, kind, position, key, key_text, spec, state, settings_run, reused_from, attempt, published, created, finished)
SELECT o.new, o.run, t.kind, t.position, CASE WHEN o.fresh THEN pg_temp.other(t.key, o.n) ELSE pg_temp.other(t.key, 1) END,
       CASE WHEN o.fresh THEN t.key_text END, t.spec, CASE WHEN o.fresh THEN 'done' ELSE 'reused' END, o.run, CASE WHEN o.fresh THEN NULL ELSE pg_temp.other(t.id, 1) END,
       CASE WHEN o.fresh THEN 1 ELSE 0 END, o.at, o.at, o.at
FROM old o JOIN ledger.task t ON t.id = o.id;
INSERT INTO ledger.stage_run (run, kind, ordinal, revision, settings, expected, done, reused, sealed, complete)
SELECT n.run, s.kind, s.ordinal, s.revision, s.settings, s.expected, s.expected,
       (SELECT count(*) FROM old o WHERE o.n = n.n AND o.kind = s.kind AND NOT o.fresh), true, true
FROM ledger.stage_run s JOIN first f ON f.id = s.run, night n;
INSERT INTO ledger.attempt (task, attempt, worker, host, started, finished, outcome, wall_seconds, cpu_seconds, bytes_in, bytes_out, claimed_with)
SELECT o.new, 1, a.worker, a.host, o.at, o.at, 'done', a.wall_seconds, a.cpu_seconds, a.bytes_in, a.bytes_out, a.claimed_with
FROM done o JOIN ledger.attempt a ON a.task = o.id AND a.outcome = 'done';
INSERT INTO ledger.charge (run, task, attempt, resource, quantity, unit, price, amount, currency, period_start, period_end, created)
SELECT o.run, o.new, 1, c.resource, c.quantity, c.unit, c.price, c.amount, c.currency, o.at, o.at, o.at
FROM done o JOIN ledger.charge c ON c.task = o.id;
INSERT INTO ledger.task_counter SELECT o.new, c.name, c.value FROM done o JOIN ledger.task_counter c ON c.task = o.id;
INSERT INTO ledger.task_output
SELECT o.new, p.role, p.ordinal, pg_temp.other(p.artifact, o.n) FROM done o JOIN ledger.task_output p ON p.task = o.id;
INSERT INTO ledger.artifact (digest, bytes, media_type, task, created)
SELECT DISTINCT ON (1) p.artifact, a.bytes, a.media_type, o.new, o.at FROM done o JOIN ledger.task_output p ON p.task = o.new
JOIN ledger.task_output q ON q.task = o.id AND q.role = p.role AND q.ordinal = p.ordinal JOIN ledger.artifact a ON a.digest = q.artifact
ON CONFLICT DO NOTHING;
INSERT INTO ledger.task_input
SELECT o.new, i.role, i.ordinal, pg_temp.other(i.artifact, CASE WHEN maker.fresh THEN o.n ELSE 1 END)
FROM done o JOIN ledger.task_input i ON i.task = o.id
JOIN ledger.artifact a ON a.digest = i.artifact JOIN old maker ON maker.id = a.task AND maker.n = o.n;
INSERT INTO ledger.outbox (task, topic, key, payload, created, published)
SELECT o.new, m.topic, m.key, m.payload, o.at, o.at FROM done o JOIN ledger.outbox m ON m.task = o.id WHERE o.n > :nights - 7;

INSERT INTO ledger.shard (key, task, source, artifact, documents, kept, kept_bytes, created)
SELECT t.key, o.new, s.source, p.artifact, s.documents, s.kept, s.kept_bytes, o.at
FROM done o JOIN ledger.shard s ON s.task = o.id JOIN ledger.task t ON t.id = o.new
JOIN ledger.task_output p ON p.task = o.new AND p.role = 'clean' AND p.ordinal = 0;
INSERT INTO ledger.document
SELECT n.id, d.position, pg_temp.other(d.id, o.n), d.item, pg_temp.other(d.content, o.n), d.ordinal, d.bytes, d.shard_row, d.split, d.rule,
       d.value, d.threshold
FROM done o JOIN ledger.shard s ON s.task = o.id JOIN ledger.document d ON d.shard = s.id JOIN ledger.shard n ON n.task = o.new;
UPDATE ledger.dataset_version SET version = version + :nights;
INSERT INTO ledger.dataset_version (dataset, version, root, run, task, documents, bytes, duplicates, parent, created)
SELECT v.dataset, o.n, pg_temp.other(v.root, o.n), o.run, o.new, v.documents, v.bytes, v.duplicates, NULL, o.at
FROM old o JOIN ledger.dataset_version v ON v.task = o.id;
INSERT INTO ledger.dataset_member
SELECT w.id, m.ordinal, n.id, m.drop_list
FROM ledger.dataset_version v JOIN old o ON o.id = v.task JOIN ledger.dataset_version w ON w.task = o.new
JOIN ledger.dataset_member m ON m.dataset_version = v.id JOIN ledger.shard s ON s.id = m.shard
JOIN old p ON p.id = s.task AND p.n = o.n JOIN ledger.shard n ON n.task = pg_temp.other(s.task, CASE WHEN p.fresh THEN p.n ELSE 1 END);
INSERT INTO ledger.tokenizer (digest, dataset_version, task, vocabulary, created)
SELECT pg_temp.other(k.digest, o.n), w.id, o.new, k.vocabulary, o.at
FROM old o JOIN ledger.tokenizer k ON k.task = o.id JOIN ledger.dataset_version w ON w.run = o.run;
INSERT INTO ledger.metric SELECT o.new, m.key, m.step, m.value FROM old o JOIN ledger.metric m ON m.task = o.id;
INSERT INTO ledger.metric_last SELECT o.new, m.key, m.step, m.value, m.least, m.points FROM old o JOIN ledger.metric_last m ON m.task = o.id;
INSERT INTO ledger.evaluation SELECT o.new, e.subject, e.metric, e.value, e.low, e.high FROM old o JOIN ledger.evaluation e ON e.task = o.id;
INSERT INTO ledger.verdict SELECT o.new, v.ordinal, v.gate, v.left_value, v.right_value, v.passed, v.reason FROM old o JOIN ledger.verdict v ON v.task = o.id;
UPDATE ledger.model_version SET version = version + :nights;
INSERT INTO ledger.model_version (id, model, version, state, reason, run, task, weights, config, tokenizer, dataset_version, parameters, created)
SELECT pg_temp.other(m.id, o.n), m.model, o.n, m.state, m.reason, o.run, o.new, pg_temp.other(m.weights, o.n), pg_temp.other(m.config, o.n),
       pg_temp.other(m.tokenizer, o.n), w.id, m.parameters, o.at
FROM old o JOIN ledger.model_version m ON m.task = o.id JOIN ledger.dataset_version w ON w.run = o.run;
SET session_replication_role = origin;
ANALYZE;
