-- Which sources, under which licence and on which basis, are in which model versions?
SELECT model, version, source, licence, basis, sum(kept) AS documents, sum(kept_bytes) AS bytes
FROM report.model_shard
GROUP BY model, version, source, licence, basis
ORDER BY model, version, source;
