-- What a model version was made of. $1 model, $2 version
SELECT model, version, what, name, encode(digest, 'hex') AS digest, documents, bytes
FROM report.model_lineage WHERE model = $1::text AND version = $2::int ORDER BY rank, name COLLATE "C"
