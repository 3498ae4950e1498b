-- Runs: what each did, and how runs differ.

CREATE VIEW report.run AS
SELECT r.id AS run, p.name AS pipeline, r.slot, r.state, r.created AS started, r.finished,
       extract(epoch FROM coalesce(r.finished, now()) - r.created)::float8 AS seconds,
       d.documents, d.kept, d.documents - d.kept AS dropped, v.duplicates, v.version AS dataset_version,
       t.tasks, t.reused, t.failed,
       m.name AS model, m.version AS model_version, m.state AS model_state,
       c.amount, c.currency, r.definition, r.error
FROM ledger.run r
JOIN ledger.pipeline p ON p.id = r.pipeline
LEFT JOIN (
    SELECT t.run, sum(s.documents)::bigint AS documents, sum(s.kept)::bigint AS kept
    FROM ledger.task t JOIN ledger.shard s ON s.key = t.key
    WHERE t.kind = 'clean.shard' AND NOT t.repair GROUP BY t.run
) d ON d.run = r.id
LEFT JOIN (
    SELECT t.run, max(v.version) AS version, max(v.duplicates) AS duplicates
    FROM ledger.task t
    JOIN ledger.task_output o ON o.task = coalesce(t.reused_from, t.id) AND o.role = 'dataset'
    JOIN ledger.dataset_version v ON v.root = o.artifact
    WHERE t.kind = 'clean.dedup' AND NOT t.repair GROUP BY t.run
) v ON v.run = r.id
LEFT JOIN (
    SELECT t.run, count(*) AS tasks, count(*) FILTER (WHERE t.state = 'reused') AS reused,
           count(*) FILTER (WHERE t.state = 'failed') AS failed
    FROM ledger.task t WHERE NOT t.repair GROUP BY t.run
) t ON t.run = r.id
LEFT JOIN (
    SELECT DISTINCT ON (mv.run) mv.run, mo.name, mv.version, mv.state
    FROM ledger.model_version mv JOIN ledger.model mo ON mo.id = mv.model ORDER BY mv.run, mv.created DESC
) m ON m.run = r.id
LEFT JOIN (
    SELECT DISTINCT ON (c.run) c.run, sum(c.amount) AS amount, c.currency
    FROM ledger.charge c GROUP BY c.run, c.currency ORDER BY c.run, sum(c.amount) DESC
) c ON c.run = r.id;
COMMENT ON VIEW report.run IS 'One line per run: what came in, what came of it, what it cost.';

CREATE VIEW report.run_compare AS
WITH trained AS (
    SELECT run, min(value) FILTER (WHERE key = 'loss') AS loss, min(value) FILTER (WHERE key = 'validation_loss') AS validation_loss
    FROM report.metric_last WHERE kind = 'train.fit' GROUP BY run
), counted AS (
    SELECT t.run, max(c.value) AS tokens FROM ledger.task t
    JOIN ledger.task_counter c ON c.task = coalesce(t.reused_from, t.id) AND c.name = 'tokens_trained'
    WHERE t.kind = 'train.fit' AND NOT t.repair GROUP BY t.run
), scored AS (
    SELECT run,
           min(value) FILTER (WHERE kind = 'evaluate.score' AND subject <> 'production') AS bits_per_byte,
           min(value) FILTER (WHERE subject = 'production') AS production,
           min(value) FILTER (WHERE subject = 'unigram') AS unigram,
           min(value) FILTER (WHERE subject = 'ngram') AS ngram
    FROM report.evaluation WHERE metric = 'bits_per_byte' GROUP BY run
), judged AS (
    SELECT run, count(*) AS gates, count(*) FILTER (WHERE passed) AS passed FROM report.verdict GROUP BY run
), side AS (
    SELECT r.run, r.pipeline, r.started, r.state, encode(substring(r.definition FROM 1 FOR 4), 'hex') AS definition,
           r.documents, r.kept, r.duplicates, r.dataset_version, counted.tokens, trained.loss, trained.validation_loss,
           scored.bits_per_byte, scored.production, scored.unigram, scored.ngram, judged.gates, judged.passed,
           r.model, r.model_version, r.model_state, r.amount, r.currency, r.seconds
    FROM report.run r
    LEFT JOIN trained USING (run)
    LEFT JOIN counted USING (run)
    LEFT JOIN scored USING (run)
    LEFT JOIN judged USING (run)
)
SELECT s.*,
       CASE WHEN lag(s.run) OVER w IS NOT NULL THEN array_remove(ARRAY[
           CASE WHEN s.definition IS DISTINCT FROM lag(s.definition) OVER w THEN 'settings' END,
           CASE WHEN s.dataset_version IS DISTINCT FROM lag(s.dataset_version) OVER w THEN 'data' END,
           CASE WHEN s.bits_per_byte IS DISTINCT FROM lag(s.bits_per_byte) OVER w THEN 'quality' END,
           CASE WHEN s.amount IS DISTINCT FROM lag(s.amount) OVER w THEN 'cost' END], NULL) END AS differs
FROM side s
WINDOW w AS (PARTITION BY s.pipeline ORDER BY s.started);
COMMENT ON VIEW report.run_compare IS 'Runs side by side: settings, data, quality and cost, and in what each differs from the one before it.';

CREATE VIEW report.queue AS
SELECT p.name AS pipeline, t.run, t.stage, t.kind, t.state, count(*) AS tasks,
       min(t.created) AS oldest, max(t.attempt) AS attempts, w.why
FROM ledger.task t
JOIN ledger.run r ON r.id = t.run
JOIN ledger.pipeline p ON p.id = r.pipeline,
LATERAL (SELECT CASE
    WHEN t.state = 'failed' THEN t.error
    WHEN t.state = 'running' AND t.lease_until < clock_timestamp()
        THEN format('its worker %s was not heard of for a lease; another takes it', t.lease_owner)
    WHEN t.state = 'running' THEN 'on ' || split_part(t.lease_owner, '/', 1)
    WHEN t.error IS NOT NULL AND EXISTS (SELECT FROM ledger.task d WHERE d.run = t.run AND d.repair AND d.state IN ('ready', 'running'))
        THEN 'an input is being made again, after: ' || t.error
    WHEN t.not_before > clock_timestamp()
        THEN format('tried again at %s, after: %s', to_char(t.not_before, 'HH24:MI:SS'), t.error)
    WHEN NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.application_name = 'tidemill-' || t.stage)
        THEN format('no worker of %s is connected; start one: tidemill up', t.stage)
    WHEN t.published IS NULL THEN 'its order is not sent yet'
    ELSE 'all workers are busy'
END AS why) w
WHERE t.state IN ('ready', 'running', 'failed')
GROUP BY p.name, t.run, t.stage, t.kind, t.state, w.why;
COMMENT ON VIEW report.queue IS 'Work that waits, runs or has failed, by kind of task, and why.';
