-- Items that could not be read or parsed. What was otherwise when it was listed is read whole by the next scan, whatever its size
-- and time say, and its error is forgotten then. $1 source, $2 uris, $3 errors, $4 whether it was otherwise (1)
UPDATE ledger.item i SET error = n.error, digest = CASE WHEN n.passing = 1 THEN NULL ELSE i.digest END
FROM ledger.source s, unnest($2::text[], $3::text[], $4::bigint[]) AS n (uri, error, passing)
WHERE s.name = $1::text AND i.source = s.id AND i.uri = n.uri
