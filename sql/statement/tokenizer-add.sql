-- The tokenizer that a task learned. $1 task, $2 vocabulary where it left it as a metric; else it is a counter
INSERT INTO ledger.tokenizer (digest, dataset_version, task, vocabulary)
SELECT o.artifact,
       (SELECT v.id FROM ledger.dataset_version v JOIN ledger.task_input i ON i.artifact = v.root
        WHERE i.task = $1::uuid AND i.role = 'dataset'),
       $1::uuid,
       coalesce($2::bigint, (SELECT c.value FROM ledger.task_counter c WHERE c.task = $1::uuid AND c.name = 'vocabulary'))
FROM ledger.task_output o
WHERE o.task = $1::uuid AND o.role = 'tokenizer' AND o.ordinal = 0
ON CONFLICT (digest) DO NOTHING
