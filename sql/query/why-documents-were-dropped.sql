-- Why were documents dropped in the newest run, and what share of all that came in is that?
SELECT d.source, d.rule, d.documents, round(100.0 * d.documents / nullif(r.documents, 0), 2) AS percent, d.least, d.most, d.threshold
FROM report.drop_reason d JOIN report.run r ON r.run = d.run
WHERE d.run = (SELECT run FROM report.run ORDER BY started DESC LIMIT 1)
ORDER BY d.documents DESC, d.source, d.rule;
