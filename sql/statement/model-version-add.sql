-- The next version of a model; no row where its dataset is not in the ledger or the task has registered one.
-- $1 id, $2 model, $3 released, $4 reason, $5 run, $6 task, $7 weights, $8 config, $9 tokenizer, $10 dataset, $11 parameters
INSERT INTO ledger.model_version (id, model, version, state, reason, run, task, weights, config, tokenizer,
                                  dataset_version, parameters)
SELECT $1::uuid, $2::bigint,
       (SELECT coalesce(max(version), 0) + 1 FROM ledger.model_version WHERE model = $2::bigint),
       CASE WHEN $3::boolean THEN 'released' ELSE 'refused' END, $4::text, $5::uuid, $6::uuid,
       $7::bytea, $8::bytea, $9::bytea, v.id, $11::bigint
FROM ledger.dataset_version v WHERE v.root = $10::bytea
ON CONFLICT (task) DO NOTHING
RETURNING version
