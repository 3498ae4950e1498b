-- The tokenizer that a task learned. $1 task, $2 vocabulary
INSERT INTO ledger.tokenizer (digest, dataset_version, task, vocabulary)
SELECT o.artifact,
       (SELECT v.id FROM ledger.dataset_version v JOIN ledger.task_input i ON i.artifact = v.root
        WHERE i.task = $1::uuid AND i.role = 'dataset'),
       $1::uuid, $2::bigint
FROM ledger.task_output o
WHERE o.task = $1::uuid AND o.role = 'tokenizer' AND o.ordinal = 0
ON CONFLICT (digest) DO NOTHING
