-- $1 id, $2 pipeline, $3 definition, $4 slot in microseconds, $5 plan, $6 code version, $7 host, $8 actor, $9 milliseconds to
-- its deadline, 0: none
INSERT INTO ledger.run (id, pipeline, definition, slot, plan, code_version, host, actor, deadline)
VALUES ($1::uuid, $2::bigint, $3::bytea, timestamptz 'epoch' + $4::bigint * interval '1 microsecond', $5::jsonb, $6::text,
        $7::text, $8::text, now() + nullif($9::bigint, 0) * interval '1 millisecond')
