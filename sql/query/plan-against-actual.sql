-- How far was the plan's estimate from what each stage cost?
SELECT run, stage, estimate_p50, estimate_p90, amount, currency,
       CASE WHEN estimate_p50 > 0 THEN round(amount / estimate_p50, 2) END AS times_the_estimate,
       amount > estimate_p90 AS beyond_p90
FROM report.cost_by_stage
WHERE estimate_p50 IS NOT NULL
ORDER BY run, stage;
