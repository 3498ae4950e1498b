-- The scores of a run, best first. $1 run
SELECT subject, metric, value, low, high FROM report.evaluation WHERE run = $1::uuid ORDER BY metric, value
