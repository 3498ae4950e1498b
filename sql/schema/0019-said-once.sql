-- What a reused task's key was made of, and what it was given, is what the task that it reuses says: the same key means the same
-- of both. Said once, a night with nothing new takes a sixth of the room. What stands there from before stays.
ALTER TABLE ledger.task ALTER COLUMN key_text DROP NOT NULL;
ALTER TABLE ledger.task ADD CONSTRAINT task_key_text CHECK (key_text IS NOT NULL OR state = 'reused') NOT VALID;
COMMENT ON COLUMN ledger.task.key_text IS 'What the key is made of, so that two can be compared: kind, settings, spec and inputs. Empty where the task was reused: reused_from has it.';
COMMENT ON TABLE ledger.task_input IS 'The edges of the lineage: what a task was given; what a reused one was, its reused_from has.';

CREATE OR REPLACE FUNCTION ledger.unneeded(keep interval) RETURNS TABLE (digest bytea, bytes bigint) LANGUAGE sql STABLE AS $$
    WITH kept_run AS (
        SELECT r.id FROM ledger.run r WHERE r.state = 'running' OR r.created > now() - keep
        UNION
        SELECT newest.id FROM (SELECT DISTINCT ON (r.pipeline) r.id FROM ledger.run r WHERE r.state IN ('done', 'refused')
                               ORDER BY r.pipeline, r.created DESC) newest
    ), kept_task AS (
        SELECT coalesce(t.reused_from, t.id) AS maker FROM ledger.task t JOIN kept_run k ON k.id = t.run
    ), needed AS (
        SELECT o.artifact FROM ledger.task_output o JOIN kept_task k ON k.maker = o.task
        UNION SELECT i.artifact FROM ledger.task_input i JOIN kept_task k ON k.maker = i.task
        UNION SELECT x.artifact FROM ledger.model_version v, LATERAL (VALUES (v.weights), (v.config), (v.tokenizer)) x (artifact)
        UNION SELECT o.artifact FROM ledger.model_version v JOIN ledger.task_output o ON o.task = v.task
        UNION SELECT o.artifact FROM ledger.model_version v JOIN ledger.task t ON t.run = v.run AND t.kind LIKE 'evaluate.%'
              JOIN ledger.task_output o ON o.task = coalesce(t.reused_from, t.id)
        UNION SELECT d.root FROM ledger.model_version v JOIN ledger.dataset_version d ON d.id = v.dataset_version
        UNION SELECT m.drop_list FROM ledger.model_version v JOIN ledger.dataset_member m USING (dataset_version)
        UNION SELECT s.artifact FROM ledger.model_version v JOIN ledger.dataset_member m USING (dataset_version)
              JOIN ledger.shard s ON s.id = m.shard
    )
    SELECT a.digest, a.bytes FROM ledger.artifact a
    WHERE a.removed IS NULL AND a.created <= now() - keep AND NOT EXISTS (SELECT FROM needed n WHERE n.artifact = a.digest)
$$;
