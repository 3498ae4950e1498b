-- The gates of a model in a run. $1 run, $2 model
SELECT gate, CASE WHEN passed THEN 'passed' ELSE 'refused' END AS outcome, reason, left_value, right_value, passed
FROM report.verdict WHERE run = $1::uuid AND (model = $2::text OR model IS NULL) ORDER BY ordinal
