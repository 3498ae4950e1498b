-- Lines of two runs' definitions that the other has not; without comments and empty lines. $1 and $2 runs
WITH line AS (
    SELECT r.id AS run, l.ordinality AS place, rtrim(l.line, E' \r') AS line
    FROM ledger.run r JOIN ledger.definition d ON d.digest = r.definition,
         LATERAL regexp_split_to_table(d.body, E'\n') WITH ORDINALITY AS l (line, ordinality)
    WHERE r.id IN ($1::uuid, $2::uuid) AND l.line !~ '^\s*(#|$)'
)
SELECT CASE WHEN a.run = $1::uuid THEN '-' ELSE '+' END, a.line
FROM line a
WHERE NOT EXISTS (SELECT FROM line b WHERE b.run <> a.run AND b.line = a.line)
ORDER BY a.run = $2::uuid, a.place
