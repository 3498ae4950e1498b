-- What the protocol promises (docs/design.md), held by the ledger itself: a program with a mistake is refused, not believed.
-- The conditions stand in WHEN, which costs a claim or a completion nothing: the functions run only to refuse.

CREATE FUNCTION ledger.refuse_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger.%: this change is against the protocol: %', TG_TABLE_NAME, TG_ARGV[0]
        USING ERRCODE = 'integrity_constraint_violation',
              DETAIL = 'before: ' || row_to_json(OLD)::text, HINT = 'docs/design.md, The protocol, has the states.';
END $$;
COMMENT ON FUNCTION ledger.refuse_move() IS 'Trigger of changes of state that never happen; its argument says what would be right.';

CREATE TRIGGER task_moves BEFORE UPDATE ON ledger.task FOR EACH ROW
    WHEN (NOT (OLD.state = NEW.state AND OLD.attempt = NEW.attempt AND OLD.lease_owner IS NOT DISTINCT FROM NEW.lease_owner
               OR OLD.state = 'ready' AND NEW.state = 'running' AND NEW.attempt = OLD.attempt + 1
               OR OLD.state = 'ready' AND NEW.state = 'cancelled' AND NEW.attempt = OLD.attempt
               OR OLD.state = 'running' AND NEW.state IN ('ready', 'done', 'failed', 'cancelled') AND NEW.attempt = OLD.attempt))
    EXECUTE FUNCTION ledger.refuse_move('ready -> running (attempt + 1) -> done, failed, cancelled or ready; the end is the end');
CREATE TRIGGER task_stays BEFORE UPDATE ON ledger.task FOR EACH ROW
    WHEN ((OLD.id, OLD.run, OLD.kind, OLD.position, OLD.key, OLD.spec, OLD.repair, OLD.settings_run)
          IS DISTINCT FROM (NEW.id, NEW.run, NEW.kind, NEW.position, NEW.key, NEW.spec, NEW.repair, NEW.settings_run)
          OR NEW.failures < OLD.failures)
    EXECUTE FUNCTION ledger.refuse_move('what a task is never changes, and its failures are not forgotten');

CREATE TRIGGER run_ends_once BEFORE UPDATE ON ledger.run FOR EACH ROW
    WHEN (OLD.state <> 'running' AND (OLD.state, OLD.error, OLD.finished) IS DISTINCT FROM (NEW.state, NEW.error, NEW.finished)
          OR (OLD.id, OLD.pipeline, OLD.definition, OLD.slot) IS DISTINCT FROM (NEW.id, NEW.pipeline, NEW.definition, NEW.slot))
    EXECUTE FUNCTION ledger.refuse_move('a run ends once, and stays the run of its definition and slot');

CREATE TRIGGER stage_run_grows BEFORE UPDATE ON ledger.stage_run FOR EACH ROW
    WHEN (NEW.expected < OLD.expected OR NEW.done < OLD.done OR NEW.reused < OLD.reused OR OLD.sealed AND NOT NEW.sealed
          OR OLD.sealed AND NEW.expected > OLD.expected OR OLD.complete AND NOT NEW.complete)
    EXECUTE FUNCTION ledger.refuse_move('counts grow, and what is sealed or complete stays so');

CREATE UNIQUE INDEX attempt_open_once ON ledger.attempt (task) WHERE outcome IS NULL;
CREATE UNIQUE INDEX attempt_done_once ON ledger.attempt (task) WHERE outcome = 'done';
COMMENT ON INDEX ledger.attempt_open_once IS 'One worker at a time works on a task.';
COMMENT ON INDEX ledger.attempt_done_once IS 'A task is completed once.';
CREATE TRIGGER attempt_done_is_done BEFORE UPDATE ON ledger.attempt FOR EACH ROW
    WHEN (OLD.outcome = 'done' AND NEW.outcome IS DISTINCT FROM 'done')
    EXECUTE FUNCTION ledger.refuse_move('an attempt that completed its task stays done');

ALTER TABLE ledger.charge ADD CONSTRAINT charge_of_attempt FOREIGN KEY (task, attempt) REFERENCES ledger.attempt;

CREATE FUNCTION ledger.check_release() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused text;
BEGIN
    SELECT v.gate INTO refused
    FROM ledger.task_input i JOIN ledger.task_output o ON o.artifact = i.artifact AND o.role = 'verdict'
    JOIN ledger.verdict v ON v.task = o.task
    WHERE i.task = NEW.task AND i.role = 'verdict' AND NOT v.passed LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a version whose verdict says no is not released: gate % did not pass', refused
            USING ERRCODE = 'integrity_constraint_violation', HINT = 'It is registered as refused.';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER model_version_release BEFORE INSERT ON ledger.model_version FOR EACH ROW
    WHEN (NEW.state = 'released') EXECUTE FUNCTION ledger.check_release();

CREATE FUNCTION ledger.check_alias() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    version ledger.model_version;
BEGIN
    SELECT * INTO version FROM ledger.model_version v WHERE v.id = NEW.to_version;
    IF version.model <> NEW.model THEN
        RAISE EXCEPTION 'an alias moves to a version of its own model' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF version.state = 'refused' AND (NEW.kind = 'release' OR NEW.kind = 'promote' AND coalesce(NEW.reason, '') = '') THEN
        RAISE EXCEPTION 'version % was refused by its gates: a run never releases it, and a person who promotes it says why',
            version.version USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER alias_event_of_passed BEFORE INSERT ON ledger.alias_event
    FOR EACH ROW EXECUTE FUNCTION ledger.check_alias();
