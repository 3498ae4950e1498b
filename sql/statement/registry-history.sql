-- How aliases came to a version and left it. $1 version's id
SELECT e.alias,
       CASE WHEN e.to_version = $1::uuid THEN e.kind ELSE 'moved away to v' || t.version END AS event,
       e.at, e.actor, e.reason
FROM ledger.alias_event e JOIN ledger.model_version t ON t.id = e.to_version
WHERE e.to_version = $1::uuid OR e.from_version = $1::uuid
ORDER BY e.seq DESC
