-- How long the audit chain is, and the first event that does not fit (NULL: none); a gap in the numbers shows too.
SELECT count(*), min(seq) FILTER (WHERE NOT intact OR seq <> place)
FROM (SELECT seq, intact, row_number() OVER (ORDER BY seq) AS place FROM report.audit) chain
