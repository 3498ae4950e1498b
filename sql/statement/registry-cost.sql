-- What the runs cost, newest first.
SELECT run, pipeline, started, amount, currency, cpu_hours, gpu_hours, storage_gb_months
FROM report.run_cost ORDER BY started DESC
