-- What operators tidy: artifacts that nothing needs any more.

CREATE FUNCTION ledger.unneeded(keep interval) RETURNS TABLE (digest bytea, bytes bigint) LANGUAGE sql STABLE AS $$
    WITH kept_run AS (
        SELECT r.id FROM ledger.run r WHERE r.state = 'running' OR r.created > now() - keep
        UNION
        SELECT newest.id FROM (SELECT DISTINCT ON (r.pipeline) r.id FROM ledger.run r WHERE r.state IN ('done', 'refused')
                               ORDER BY r.pipeline, r.created DESC) newest
    ), kept_task AS (
        SELECT t.id, coalesce(t.reused_from, t.id) AS maker FROM ledger.task t JOIN kept_run k ON k.id = t.run
    ), needed AS (
        SELECT o.artifact FROM ledger.task_output o JOIN kept_task k ON k.maker = o.task
        UNION SELECT i.artifact FROM ledger.task_input i JOIN kept_task k ON k.id = i.task
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
COMMENT ON FUNCTION ledger.unneeded(interval) IS
    'Artifacts older than that which no running run, no run since then, no newest run of a pipeline and no model version '
    '(its weights, tokenizer, scores, provenance and documents) needs. What is known of them stays; their files may go.';
