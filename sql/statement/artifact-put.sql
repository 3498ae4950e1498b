-- $1 digests in hex, $2 bytes, $3 media types, $4 task. One that was removed is there again.
INSERT INTO ledger.artifact (digest, bytes, media_type, task)
SELECT DISTINCT ON (n.digest) decode(n.digest, 'hex'), n.bytes, n.media_type, $4::uuid
FROM unnest($1::text[], $2::bigint[], $3::text[]) AS n (digest, bytes, media_type)
ORDER BY n.digest
ON CONFLICT (digest) DO UPDATE SET removed = NULL WHERE artifact.removed IS NOT NULL
