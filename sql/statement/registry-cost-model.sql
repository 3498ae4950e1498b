-- What the versions of a model cost, reused work included. $1 model
SELECT m.version, m.amount, m.currency, m.bits_per_byte, t.amount_per_million, m.currency, m.run
FROM report.model m
LEFT JOIN LATERAL (
    SELECT c.amount_per_million FROM report.cost_per_token c WHERE c.run = m.run AND c.model = m.model LIMIT 1
) t ON true
WHERE m.model = $1::text ORDER BY m.version DESC
