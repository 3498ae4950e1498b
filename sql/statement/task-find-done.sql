-- Per key the latest task that made what it makes, whose artifacts were not removed. $1 keys in hex
SELECT n.place - 1, done.id
FROM unnest($1::text[]) WITH ORDINALITY AS n (key, place), LATERAL (
    SELECT t.id FROM ledger.task t
    WHERE t.key = decode(n.key, 'hex') AND t.state = 'done' AND NOT t.passing
      AND NOT EXISTS (SELECT FROM ledger.task_output o JOIN ledger.artifact a ON a.digest = o.artifact
                      WHERE o.task = t.id AND a.removed IS NOT NULL)
    ORDER BY t.finished DESC LIMIT 1) done
ORDER BY n.place
