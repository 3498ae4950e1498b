-- $1 id, $2 run, $3 kind, $4 position, $5 key, $6 key's text, $7 spec, $8 state, $9 reused from
INSERT INTO ledger.task (id, run, kind, position, key, key_text, spec, state, reused_from, settings_run, finished)
VALUES ($1::uuid, $2::uuid, $3::text, $4::int[], $5::bytea, $6::text, $7::jsonb, $8::text, $9::uuid, $2::uuid,
        CASE WHEN $8::text = 'reused' THEN clock_timestamp() END)
