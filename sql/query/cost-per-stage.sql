-- What does each stage cost on average per run of a pipeline, and which share is that?
SELECT pipeline, stage, currency, count(*) AS runs, avg(amount) AS average,
       round(100 * sum(amount) / nullif(sum(sum(amount)) OVER (PARTITION BY pipeline, currency), 0), 1) AS percent
FROM report.cost_by_stage
GROUP BY pipeline, stage, currency
ORDER BY pipeline, percent DESC NULLS LAST;
