-- What the ledger knows of the items of a source: uri, bytes, mtime in microseconds, digest. $1 source
SELECT i.uri, i.bytes, (extract(epoch FROM i.mtime) * 1000000)::bigint, i.digest, i.error
FROM ledger.item i JOIN ledger.source s ON s.id = i.source
WHERE s.name = $1::text AND i.digest IS NOT NULL
ORDER BY i.uri COLLATE "C"
