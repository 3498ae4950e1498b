-- A small history without its records: two runs of pipeline "manuals" on one source. Run 2 reuses shard 0, has another
-- shard 1, and with it other data, another model, another verdict. An artifact's digest is the SHA-256 of its name here; a
-- task's id is 00000000-0000-7000-8000-<run><place>. seed.h adds the records.
CREATE FUNCTION pg_temp.make(run int, place int, of_kind text, key text, of_spec jsonb, inputs text[], outputs text[],
                             reused uuid DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    task uuid := ('00000000-0000-7000-8000-' || lpad(run::text, 6, '0') || lpad(place::text, 6, '0'))::uuid;
    run_id uuid := ('00000000-0000-7000-8000-' || lpad(run::text, 12, '0'))::uuid;
BEGIN
    INSERT INTO ledger.task (id, run, kind, position, key, key_text, spec, state, settings_run, reused_from, attempt, finished)
    VALUES (task, run_id, of_kind, ARRAY[place], sha256(key::bytea), CASE WHEN reused IS NULL THEN key END, of_spec,
            CASE WHEN reused IS NULL THEN 'done' ELSE 'reused' END, run_id, reused, 1, now());
    INSERT INTO ledger.artifact (digest, bytes, media_type, task)
    SELECT DISTINCT sha256(split_part(a, ':', 3)::bytea), length(split_part(a, ':', 3)), 'text/plain', task FROM unnest(inputs || outputs) a
    ON CONFLICT DO NOTHING;
    IF reused IS NULL THEN
        INSERT INTO ledger.task_input SELECT task, split_part(a, ':', 1), split_part(a, ':', 2)::bigint, sha256(split_part(a, ':', 3)::bytea) FROM unnest(inputs) a;
        INSERT INTO ledger.task_output SELECT task, split_part(a, ':', 1), split_part(a, ':', 2)::bigint, sha256(split_part(a, ':', 3)::bytea) FROM unnest(outputs) a;
        INSERT INTO ledger.attempt (task, attempt, worker, host, finished, outcome, wall_seconds, cpu_seconds)
        VALUES (task, 1, 'worker', 'host', now(), 'done', 10, 9);
    END IF;
END $$;

INSERT INTO ledger.definition (digest, body, file) VALUES
    (sha256('one'), E'pipeline: manuals\ntrain:\n  steps: 100\n', 'nightly.yaml'),
    (sha256('two'), E'pipeline: manuals\ntrain:\n  steps: 200\n', 'nightly.yaml');
INSERT INTO ledger.pipeline (name, definition) VALUES ('manuals', sha256('two'));
INSERT INTO ledger.source (name, kind, licence, basis) VALUES ('manual', 'files', 'PostgreSQL', 'public');
INSERT INTO ledger.price (resource, unit, amount, currency, valid_from) VALUES
    ('cpu', 'Hours', 0.04, 'EUR', '-infinity'), ('storage', 'GB-Months', 0.02, 'EUR', '-infinity');
INSERT INTO ledger.run (id, pipeline, definition, slot, plan, code_version, host, actor, state, created, finished)
SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, p.id, sha256(d::bytea), t, '{}', 'v1', 'host', 'tester',
       s, t, t + interval '5 min'
FROM ledger.pipeline p, (VALUES (1, 'one', timestamptz '2026-11-22 02:30Z', 'done'), (2, 'two', '2026-11-23 02:30Z', 'refused')) r (n, d, t, s);
INSERT INTO ledger.run_slot SELECT pipeline, slot, id FROM ledger.run;
INSERT INTO ledger.budget (pipeline, period, amount, currency) SELECT id, 'month', 60, 'EUR' FROM ledger.pipeline;
INSERT INTO ledger.funding (kind, origin, amount, currency, received) VALUES ('grant', 'somebody', 1000, 'EUR', '2026-01-01');

SELECT pg_temp.make(1, 0, 'ingest.scan', 'scan 1', '{"index": 0, "source": "manual"}', '{}', '{batch:0:batch one}');
SELECT pg_temp.make(1, 1, 'clean.shard', 'shard 0', '{"source": "manual"}', '{raw:0:raw 0}', '{clean:0:clean 0,signature:0:signature 0}');
SELECT pg_temp.make(1, 2, 'clean.shard', 'shard 1', '{"source": "manual"}', '{raw:0:raw 1}', '{clean:0:clean 1,signature:0:signature 1}');
SELECT pg_temp.make(1, 3, 'clean.dedup', 'dedup 1', '{}', '{clean:0:clean 0,clean:1:clean 1}', '{drop:0:drop 0,drop:1:drop 1,dataset:0:dataset one}');
SELECT pg_temp.make(1, 4, 'tokenize.learn', 'learn 1', '{}', '{dataset:0:dataset one}', '{tokenizer:0:tokenizer one}');
SELECT pg_temp.make(1, 5, 'train.fit', 'fit 1', '{"index": 0, "model": "manuals-lm"}', '{tokenizer:0:tokenizer one}', '{weights:0:weights one,config:0:config one}');
SELECT pg_temp.make(1, 6, 'evaluate.baseline', 'baseline 1', '{"baseline": "unigram"}', '{tokenizer:0:tokenizer one}', '{score:0:score unigram}');
SELECT pg_temp.make(1, 7, 'evaluate.score', 'score 1', '{"model": "manuals-lm", "version": null}', '{weights:0:weights one}', '{score:0:score one}');
SELECT pg_temp.make(1, 8, 'evaluate.judge', 'judge 1', '{"model": "manuals-lm"}', '{score:0:score one}', '{verdict:0:verdict one}');
SELECT pg_temp.make(1, 9, 'registry.release', 'release 1', '{"model": "manuals-lm"}', '{weights:0:weights one,config:0:config one,verdict:0:verdict one}', '{provenance:0:provenance one}');
SELECT pg_temp.make(1, 10, 'tokenize.encode', 'encode 1', '{"source": "manual"}', '{tokenizer:0:tokenizer one,clean:0:clean 1}', '{}');

SELECT pg_temp.make(2, 0, 'ingest.scan', 'scan 2', '{"index": 0, "source": "manual"}', '{}', '{batch:0:batch two}');
SELECT pg_temp.make(2, 1, 'clean.shard', 'shard 0', '{"source": "manual"}', '{raw:0:raw 0}', '{}', '00000000-0000-7000-8000-000001000001');
SELECT pg_temp.make(2, 2, 'clean.shard', 'shard 2', '{"source": "manual"}', '{raw:0:raw 2}', '{clean:0:clean 2,signature:0:signature 2}');
SELECT pg_temp.make(2, 3, 'clean.dedup', 'dedup 2', '{}', '{clean:0:clean 0,clean:1:clean 2}', '{drop:0:drop 0,drop:1:drop 0,dataset:0:dataset two}');
SELECT pg_temp.make(2, 4, 'tokenize.learn', 'learn 2', '{}', '{dataset:0:dataset two}', '{tokenizer:0:tokenizer two}');
SELECT pg_temp.make(2, 5, 'train.fit', 'fit 2', '{"index": 0, "model": "manuals-lm"}', '{tokenizer:0:tokenizer two}', '{weights:0:weights two,config:0:config one}');
SELECT pg_temp.make(2, 7, 'evaluate.score', 'score 2', '{"model": "manuals-lm", "version": null}', '{weights:0:weights two}', '{score:0:score two}');
SELECT pg_temp.make(2, 8, 'evaluate.judge', 'judge 2', '{"model": "manuals-lm"}', '{score:0:score two}', '{verdict:0:verdict two}');
SELECT pg_temp.make(2, 9, 'registry.release', 'release 2', '{"model": "manuals-lm"}', '{weights:0:weights two,config:0:config one,verdict:0:verdict two}', '{provenance:0:provenance two}');
INSERT INTO ledger.task_counter VALUES ('00000000-0000-7000-8000-000001000005', 'tokens_trained', 4000000),
    ('00000000-0000-7000-8000-000002000005', 'tokens_trained', 8000000),
    ('00000000-0000-7000-8000-000001000004', 'vocabulary', 8000);
