-- The sources under a version, with what they gave. $1 version's id
SELECT src.name, src.licence, src.basis, sum(s.documents)::bigint AS documents, sum(s.kept)::bigint AS kept,
       sum(s.kept_bytes)::bigint AS kept_bytes, count(*) AS shards
FROM ledger.model_version v
JOIN ledger.dataset_member dm ON dm.dataset_version = v.dataset_version
JOIN ledger.shard s ON s.id = dm.shard
JOIN ledger.source src ON src.id = s.source
WHERE v.id = $1::uuid GROUP BY src.id ORDER BY src.name
