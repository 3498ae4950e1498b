-- $1 digests in hex, $2 bytes, $3 media types, $4 tasks. One that was removed is there again.
INSERT INTO ledger.artifact (digest, bytes, media_type, task)
SELECT DISTINCT ON (n.digest) decode(n.digest, 'hex'), n.bytes, n.media_type, n.task
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::uuid[]) AS n (digest, bytes, media_type, task)
ORDER BY n.digest
ON CONFLICT (digest) DO UPDATE SET removed = NULL WHERE artifact.removed IS NOT NULL
