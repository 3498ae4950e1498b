-- How do the sources change from run to run?
SELECT started, pipeline, source, documents, documents_change, kept_percent, kept_change, mean_bytes, shards_made, shards
FROM report.data_drift
ORDER BY pipeline, source, started;
