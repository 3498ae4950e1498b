-- $1 ids, $2 run, $3 kinds, $4 positions, $5 keys in hex, $6 the keys' texts, $7 specs, $8 states, $9 reused from
INSERT INTO ledger.task (id, run, kind, position, key, key_text, spec, state, reused_from, settings_run, finished)
SELECT n.id, $2::uuid, n.kind, n.position::int[], decode(n.key, 'hex'), n.key_text, n.spec::jsonb, n.state, n.reused_from, $2::uuid,
       CASE WHEN n.state = 'reused' THEN clock_timestamp() END
FROM unnest($1::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::uuid[])
    AS n (id, kind, position, key, key_text, spec, state, reused_from)
