-- The ids of items by uri; those not yet known are added. $1 source, $2 uris
WITH s AS (
    SELECT id FROM ledger.source WHERE name = $1::text
), known AS (
    SELECT i.uri, i.id FROM ledger.item i, s WHERE i.source = s.id AND i.uri = ANY ($2::text[])
), added AS (
    INSERT INTO ledger.item (source, uri)
    SELECT DISTINCT s.id, n.uri FROM s, unnest($2::text[]) AS n (uri)
    WHERE NOT EXISTS (SELECT FROM known k WHERE k.uri = n.uri)
    ON CONFLICT DO NOTHING RETURNING uri, id
)
SELECT uri, id FROM known UNION ALL SELECT uri, id FROM added
