-- Where a gate of a model compared it with production, and production is another version by now: the version then and now, NULL
-- for none. The model is locked: it stays so. $1 run, $2 model, $3 its name, $4 alias
SELECT compared.version, present.version
FROM (SELECT (SELECT max((t.spec ->> 'version')::int) FROM ledger.task t
              WHERE t.run = $1::uuid AND t.kind = 'evaluate.score' AND NOT t.repair AND t.spec ->> 'model' = $3::text
                AND t.spec ->> 'version' IS NOT NULL) AS version) compared,
     (SELECT (SELECT v.version FROM ledger.alias_event e JOIN ledger.model_version v ON v.id = e.to_version
              WHERE e.model = $2::bigint AND e.alias = $4::text ORDER BY e.seq DESC LIMIT 1) AS version) present
WHERE present.version IS DISTINCT FROM compared.version
  AND EXISTS (SELECT FROM ledger.task t JOIN ledger.verdict v ON v.task = coalesce(t.reused_from, t.id)
              WHERE t.run = $1::uuid AND t.kind = 'evaluate.judge' AND NOT t.repair AND t.spec ->> 'model' = $3::text
                AND v.gate ~ '\yproduction\y')
