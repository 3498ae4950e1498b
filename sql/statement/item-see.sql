-- What a scan listed. An error stays until the item changes.
-- $1 run, $2 source, $3 uris, $4 bytes, $5 mtimes in microseconds, $6 digests in hex, $7 errors
INSERT INTO ledger.item (source, uri, bytes, mtime, digest, error, first_run, last_run)
SELECT DISTINCT ON (n.uri) s.id, n.uri, n.bytes, timestamptz 'epoch' + n.mtime * interval '1 microsecond',
       decode(n.digest, 'hex'), n.error, $1::uuid, $1::uuid
FROM ledger.source s,
     unnest($3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[]) AS n (uri, bytes, mtime, digest, error)
WHERE s.name = $2::text
ON CONFLICT (source, uri) DO UPDATE
SET bytes = excluded.bytes, mtime = excluded.mtime, digest = excluded.digest, last_run = excluded.last_run,
    last_seen = now(),
    error = CASE WHEN excluded.error IS NOT NULL OR item.digest IS DISTINCT FROM excluded.digest THEN excluded.error
                 ELSE item.error END
