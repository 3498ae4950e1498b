-- The shards of a dataset version, by the task that made its manifest. $1 dataset version, $2 task, $3 run
INSERT INTO ledger.dataset_member (dataset_version, ordinal, shard, drop_list)
SELECT $1::bigint, i.ordinal,
       (SELECT s.id FROM ledger.shard s JOIN ledger.task t ON t.key = s.key AND t.run = $3::uuid
        WHERE s.artifact = i.artifact ORDER BY s.id LIMIT 1),
       o.artifact
FROM ledger.task_input i
LEFT JOIN ledger.task_output o ON o.task = i.task AND o.role = 'drop' AND o.ordinal = i.ordinal
WHERE i.task = $2::uuid AND i.role = 'clean'
