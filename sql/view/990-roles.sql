-- Three roles that a person gives to logins: the owner migrates (migration-owner), workers do the work, auditors read. Made
-- where the user may make roles; where they exist, their rights are renewed with the views.
DO $$
DECLARE
    may boolean := (SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user);
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['tidemill_owner', 'tidemill_worker', 'tidemill_auditor'] LOOP
        IF may AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role);
        END IF;
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tidemill_owner') THEN
        GRANT ALL ON SCHEMA ledger, report TO tidemill_owner;
        GRANT ALL ON ALL TABLES IN SCHEMA ledger, report TO tidemill_owner;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tidemill_worker') THEN
        GRANT USAGE ON SCHEMA ledger, report TO tidemill_worker;
        GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA ledger TO tidemill_worker;
        GRANT SELECT ON ALL TABLES IN SCHEMA report TO tidemill_worker;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA ledger TO tidemill_worker;
        -- What may change: states of work, and the present description of things. Nothing that a trigger keeps.
        FOR role IN
            SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'ledger' AND c.relkind IN ('r', 'p') AND c.relname <> 'migration'
              AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgfoid = 'ledger.refuse_change'::regproc)
        LOOP
            EXECUTE 'GRANT UPDATE ON ' || role || ' TO tidemill_worker';
        END LOOP;
        -- What ends with the work that it is of: places to go on from, messages that were sent, slots that are run again.
        GRANT DELETE ON ledger.checkpoint, ledger.outbox, ledger.run_slot TO tidemill_worker;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tidemill_auditor') THEN
        GRANT USAGE ON SCHEMA ledger, report TO tidemill_auditor;
        GRANT SELECT ON ALL TABLES IN SCHEMA report TO tidemill_auditor;
        GRANT SELECT ON ledger.audit_event, ledger.alias_event, ledger.charge, ledger.budget_event, ledger.erasure,
            ledger.funding TO tidemill_auditor;
    END IF;
END $$;
