-- What does the loss curve of the newest training look like?
SELECT model, key, step, value
FROM report.metric
WHERE kind = 'train.fit' AND key IN ('loss', 'validation_loss')
  AND run = (SELECT run FROM report.metric WHERE kind = 'train.fit' ORDER BY run DESC LIMIT 1)
ORDER BY model, key, step;
