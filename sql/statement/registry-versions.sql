-- The versions of a model, newest first. $1 model
SELECT version, state, aliases, bits_per_byte, dataset || ' v' || dataset_version AS dataset, parameters, amount, currency,
       created, reason
FROM report.model WHERE model = $1::text ORDER BY version DESC
