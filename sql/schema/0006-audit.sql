-- Who did what: a chain of rows in which each holds the hash of the one before, so that a change of any shows.

CREATE TABLE ledger.audit_event (
    seq         bigint PRIMARY KEY,
    at          timestamptz NOT NULL,
    actor       text NOT NULL,
    action      text NOT NULL,
    object      text NOT NULL,
    before      jsonb,
    after       jsonb,
    previous    bytea NOT NULL,
    hash        bytea NOT NULL
);
COMMENT ON TABLE ledger.audit_event IS 'What was done to what, by whom. Insert actor, action, object, before and after; the rest is filled in.';

CREATE FUNCTION ledger.audit_hash(e ledger.audit_event) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(e.previous || convert_to(jsonb_build_array(
        e.seq, (extract(epoch FROM e.at) * 1000000)::bigint, e.actor, e.action, e.object, e.before, e.after)::text, 'UTF8'))
$$;
COMMENT ON FUNCTION ledger.audit_hash IS 'SHA-256 over the hash of the row before and this row as a JSON array.';

CREATE FUNCTION ledger.chain_audit_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    newest ledger.audit_event;
BEGIN
    PERFORM pg_advisory_xact_lock(1635083369); -- one at a time, until commit: "audi" in ASCII
    SELECT * INTO newest FROM ledger.audit_event ORDER BY seq DESC LIMIT 1;
    NEW.seq := coalesce(newest.seq, 0) + 1;
    NEW.at := clock_timestamp();
    NEW.previous := coalesce(newest.hash, sha256(''));
    NEW.hash := ledger.audit_hash(NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER audit_event_chain BEFORE INSERT ON ledger.audit_event
    FOR EACH ROW EXECUTE FUNCTION ledger.chain_audit_event();
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change('it is the proof of who did what');

-- Moves an alias, keeps its history, and notes it in the audit chain. False where it is there already.
CREATE FUNCTION ledger.move_alias(of_model bigint, of_alias text, to_id uuid, by_kind text, by_actor text, because text)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    from_id uuid;
    model_name text;
BEGIN
    SELECT name INTO STRICT model_name FROM ledger.model WHERE id = of_model FOR UPDATE;
    SELECT to_version INTO from_id FROM ledger.alias_event
    WHERE model = of_model AND alias = of_alias ORDER BY seq DESC LIMIT 1;
    IF from_id = to_id THEN
        RETURN false;
    END IF;
    INSERT INTO ledger.alias_event (model, alias, kind, from_version, to_version, actor, reason)
    VALUES (of_model, of_alias, by_kind, from_id, to_id, by_actor, because);
    INSERT INTO ledger.audit_event (actor, action, object, before, after)
    SELECT by_actor, 'alias.' || by_kind, model_name || '@' || of_alias,
           (SELECT jsonb_build_object('version', version) FROM ledger.model_version WHERE id = from_id),
           (SELECT jsonb_build_object('version', version, 'weights', encode(weights, 'hex'), 'reason', because)
            FROM ledger.model_version WHERE id = to_id);
    RETURN true;
END $$;
COMMENT ON FUNCTION ledger.move_alias IS 'Moves an alias of a model to a version; false where it is there already.';
