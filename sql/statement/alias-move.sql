-- Moves an alias of a model to a version; false where it is there. $1 model, $2 alias, $3 version's id, $4 kind, $5 actor, $6 reason
SELECT ledger.move_alias($1::bigint, $2::text, $3::uuid, $4::text, $5::text, $6::text)
