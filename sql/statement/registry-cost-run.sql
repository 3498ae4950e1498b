-- What the stages of a run cost, and the sum. $1 run
SELECT stage, amount, currency, cpu_hours, gpu_hours, attempts, estimate_p50, estimate_p90
FROM (
    SELECT stage, amount, currency, cpu_hours, gpu_hours, attempts, estimate_p50, estimate_p90,
           array_position(ARRAY['ingest', 'clean', 'tokenize', 'train', 'evaluate', 'registry'], stage) AS place
    FROM report.cost_by_stage WHERE run = $1::uuid
    UNION ALL
    SELECT 'total', sum(amount), currency, sum(cpu_hours), sum(gpu_hours), sum(attempts)::bigint, sum(estimate_p50), sum(estimate_p90), 99
    FROM report.cost_by_stage WHERE run = $1::uuid GROUP BY currency
) stages
ORDER BY place NULLS LAST, stage
