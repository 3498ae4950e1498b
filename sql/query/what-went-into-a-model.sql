-- What went into the model that is in production: run, weights, tokenizer, dataset, sources, shards?
SELECT l.what, l.name, l.documents, l.bytes, encode(l.digest, 'hex') AS digest
FROM report.model_lineage l
JOIN report.alias a ON a.model = l.model AND a.version = l.version AND a.alias = 'production'
ORDER BY l.model, l.rank, l.name;
