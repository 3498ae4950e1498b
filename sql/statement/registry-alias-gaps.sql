-- Moves of aliases that do not begin where the one before ended.
SELECT m.name, e.alias, e.seq
FROM (SELECT model, alias, seq, from_version, lag(to_version) OVER (PARTITION BY model, alias ORDER BY seq) AS before
      FROM ledger.alias_event) e
JOIN ledger.model m ON m.id = e.model
WHERE e.from_version IS DISTINCT FROM e.before
