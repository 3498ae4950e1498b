-- Why documents were left out in a run. $1 run
SELECT source, rule, documents, bytes FROM report.drop_reason WHERE run = $1::uuid ORDER BY source, documents DESC, rule
