-- The dataset of a pipeline, locked until the end of the transaction. $1 pipeline's name
INSERT INTO ledger.dataset (name, pipeline)
SELECT $1::text, (SELECT id FROM ledger.pipeline WHERE name = $1::text)
ON CONFLICT (name) DO UPDATE SET pipeline = excluded.pipeline
RETURNING id
