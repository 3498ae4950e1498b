-- Which models and baselines are the best value: none is both better and cheaper?
SELECT run, subject, what, bits_per_byte, amount, currency, amount_per_bit_gained
FROM report.cost_of_quality
WHERE best_value
ORDER BY run, bits_per_byte;
