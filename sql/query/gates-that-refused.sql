-- Which gates refused a model, with which numbers?
SELECT run, model, gate, left_value, right_value, reason
FROM report.verdict
WHERE NOT passed
ORDER BY run, ordinal;
