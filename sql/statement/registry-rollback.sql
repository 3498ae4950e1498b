-- The version that an alias had before the present one came by a release or a promotion (a rollback is no way back to what
-- was rolled back); NULL where there was none. $1 model, $2 alias
SELECT (SELECT f.version FROM ledger.alias_event e JOIN ledger.model_version f ON f.id = e.from_version
        WHERE e.model = $1::bigint AND e.alias = $2::text AND e.to_version = present.to_version AND e.kind <> 'rollback'
        ORDER BY e.seq DESC LIMIT 1) AS before,
       v.version AS present
FROM (SELECT to_version FROM ledger.alias_event WHERE model = $1::bigint AND alias = $2::text ORDER BY seq DESC LIMIT 1) present
JOIN ledger.model_version v ON v.id = present.to_version
