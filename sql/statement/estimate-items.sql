-- What is known of a source's items, ordered by the bytes of their uri. $1 source
SELECT i.uri, i.bytes, (extract(epoch FROM i.mtime) * 1000000)::bigint
FROM ledger.item i JOIN ledger.source s ON s.id = i.source WHERE s.name = $1::text ORDER BY i.uri COLLATE "C"
