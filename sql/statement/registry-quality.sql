-- Models and baselines of a run: quality beside price. $1 run
SELECT subject, bits_per_byte, amount, currency, CASE WHEN best_value THEN 'yes' END AS best_value, amount_per_bit_gained
FROM report.cost_of_quality WHERE run = $1::uuid ORDER BY bits_per_byte
