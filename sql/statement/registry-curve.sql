-- The loss curves of a model in a run, at most 500 points each. $1 run, $2 model
SELECT key, step, value
FROM (
    SELECT key, step, value, row_number() OVER w AS place, count(*) OVER (PARTITION BY key) AS points
    FROM report.metric
    WHERE run = $1::uuid AND kind = 'train.fit' AND model = $2::text AND key IN ('loss', 'validation_loss')
    WINDOW w AS (PARTITION BY key ORDER BY step)
) series
WHERE place % greatest(1, points / 500) = 0 OR place = 1 OR place = points
ORDER BY key, step
