-- All about one version. $1 id
SELECT model, version, state, aliases, reason, created, run, parameters, dataset || ' v' || dataset_version AS dataset,
       documents, bytes, amount, currency, encode(weights, 'hex') AS weights, encode(config, 'hex') AS config,
       encode(tokenizer, 'hex') AS tokenizer, encode(dataset_root, 'hex') AS dataset_root
FROM report.model WHERE id = $1::uuid
