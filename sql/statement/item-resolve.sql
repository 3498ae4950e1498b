-- The ids of items by their places in the arrays; those not yet known are added. $1 sources, $2 uris
WITH wanted AS MATERIALIZED (
    SELECT n.place - 1 AS place, s.id AS source, n.uri,
           (SELECT i.id FROM ledger.item i WHERE i.source = s.id AND i.uri = n.uri) AS id
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS n (source, uri, place) JOIN ledger.source s ON s.name = n.source
), added AS (
    INSERT INTO ledger.item (source, uri) SELECT source, uri FROM wanted WHERE id IS NULL ORDER BY source, uri
    ON CONFLICT DO NOTHING RETURNING source, uri, id
)
SELECT place, id FROM wanted WHERE id IS NOT NULL
UNION ALL SELECT w.place, a.id FROM wanted w JOIN added a ON a.source = w.source AND a.uri = w.uri
