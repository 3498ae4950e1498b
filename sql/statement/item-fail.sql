-- Items that could not be read or parsed. $1 source, $2 uris, $3 errors
UPDATE ledger.item i SET error = n.error
FROM ledger.source s, unnest($2::text[], $3::text[]) AS n (uri, error)
WHERE s.name = $1::text AND i.source = s.id AND i.uri = n.uri
