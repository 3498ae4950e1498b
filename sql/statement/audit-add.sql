-- A link of the audit chain. $1 actor, $2 action, $3 object, $4 before, $5 after
INSERT INTO ledger.audit_event (actor, action, object, before, after)
VALUES ($1::text, $2::text, $3::text, $4::jsonb, $5::jsonb)
