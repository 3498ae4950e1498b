-- What did each model version cost, and what does a million training tokens cost?
SELECT m.model, m.version, m.state, m.amount, m.currency, t.tokens, t.amount_per_million
FROM report.model m
LEFT JOIN report.cost_per_token t ON t.run = m.run AND t.model = m.model
ORDER BY m.model, m.version;
