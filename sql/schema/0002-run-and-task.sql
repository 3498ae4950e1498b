-- Runs, their tasks, who works on them, and the messages that say so. The protocol is described in docs/design.md.

CREATE TABLE ledger.run (
    id              uuid PRIMARY KEY,
    pipeline        bigint NOT NULL REFERENCES ledger.pipeline,
    definition      bytea NOT NULL REFERENCES ledger.definition,
    slot            timestamptz NOT NULL,
    plan            jsonb NOT NULL,
    state           text NOT NULL DEFAULT 'running'
                    CHECK (state IN ('running', 'done', 'refused', 'failed', 'cancelled')),
    error           text,
    error_code      text,
    code_version    text NOT NULL,
    host            text NOT NULL,
    actor           text NOT NULL,
    created         timestamptz NOT NULL DEFAULT now(),
    finished        timestamptz,
    CHECK ((state = 'running') = (finished IS NULL))
);
COMMENT ON TABLE ledger.run IS 'One execution of a pipeline.';
COMMENT ON COLUMN ledger.run.slot IS 'Its nominal time: the moment of the schedule that it stands for.';
COMMENT ON COLUMN ledger.run.plan IS 'What of the definition the task graph needs: sources, models, baselines, the release.';
COMMENT ON COLUMN ledger.run.state IS 'done: released, or nothing new; refused: a gate refused the model; failed: see error.';
CREATE INDEX run_pipeline ON ledger.run (pipeline, created);
CREATE INDEX run_definition ON ledger.run (definition);
CREATE INDEX run_active ON ledger.run (created) WHERE state = 'running';

CREATE TABLE ledger.run_slot (
    pipeline        bigint NOT NULL REFERENCES ledger.pipeline,
    slot            timestamptz NOT NULL,
    run             uuid NOT NULL REFERENCES ledger.run,
    PRIMARY KEY (pipeline, slot)
);
COMMENT ON TABLE ledger.run_slot IS 'Exactly one run per pipeline and nominal time.';
CREATE INDEX run_slot_run ON ledger.run_slot (run);

CREATE TABLE ledger.stage_run (
    run             uuid NOT NULL REFERENCES ledger.run,
    kind            text NOT NULL,
    ordinal         int NOT NULL,
    revision        int NOT NULL,
    settings        text[] NOT NULL,
    expected        bigint NOT NULL DEFAULT 0,
    done            bigint NOT NULL DEFAULT 0,
    reused          bigint NOT NULL DEFAULT 0,
    sealed          boolean NOT NULL DEFAULT false,
    complete        boolean NOT NULL DEFAULT false,
    PRIMARY KEY (run, kind),
    CHECK (done <= expected),
    CHECK (NOT complete OR (sealed AND done = expected))
);
COMMENT ON TABLE ledger.stage_run IS 'How far each kind of task of a run is.';
COMMENT ON COLUMN ledger.stage_run.settings IS 'Canonical settings, with revision and library facts, that are part of the key of its tasks: one, or one per element of the definition''s list.';
COMMENT ON COLUMN ledger.stage_run.sealed IS 'No more tasks of the kind will be added.';
COMMENT ON COLUMN ledger.stage_run.done IS 'Tasks done, the reused ones counted in.';

CREATE TABLE ledger.task (
    id              uuid PRIMARY KEY,
    run             uuid NOT NULL REFERENCES ledger.run,
    kind            text NOT NULL,
    stage           text NOT NULL GENERATED ALWAYS AS (split_part(kind, '.', 1)) STORED,
    position        int[] NOT NULL,
    key             bytea NOT NULL CHECK (octet_length(key) = 32),
    key_text        text NOT NULL,
    spec            jsonb NOT NULL,
    state           text NOT NULL CHECK (state IN ('ready', 'running', 'done', 'failed', 'cancelled', 'reused')),
    repair          boolean NOT NULL DEFAULT false,
    settings_run    uuid NOT NULL REFERENCES ledger.run,
    reused_from     uuid REFERENCES ledger.task,
    attempt         int NOT NULL DEFAULT 0,
    failures        int NOT NULL DEFAULT 0,
    lease_owner     text,
    lease_until     timestamptz,
    not_before      timestamptz NOT NULL DEFAULT now(),
    published       timestamptz,
    error           text,
    progress        jsonb,
    created         timestamptz NOT NULL DEFAULT now(),
    finished        timestamptz,
    CHECK ((state = 'running') = (lease_owner IS NOT NULL)),
    CHECK ((state = 'reused') = (reused_from IS NOT NULL))
);
COMMENT ON TABLE ledger.task IS 'One piece of work of a run.';
COMMENT ON COLUMN ledger.task.position IS 'Its place among the tasks of its kind: the order of their outputs does not depend on time.';
COMMENT ON COLUMN ledger.task.key IS 'SHA-256 of key_text: the same key means the same output.';
COMMENT ON COLUMN ledger.task.repair IS 'Done again only because an artifact was damaged or lost; it opens nothing.';
COMMENT ON COLUMN ledger.task.settings_run IS 'The run whose definition holds its settings: its own, but for a repair.';
COMMENT ON COLUMN ledger.task.attempt IS 'How often it was claimed. Counted before the work, so that a crash loop ends too.';
COMMENT ON COLUMN ledger.task.failures IS 'Attempts that count against the limit.';
CREATE UNIQUE INDEX task_once ON ledger.task (run, kind, position) WHERE NOT repair;
CREATE UNIQUE INDEX task_repair_once ON ledger.task (key) WHERE repair AND state IN ('ready', 'running');
CREATE INDEX task_key ON ledger.task (key) WHERE state = 'done';
CREATE INDEX task_reused_from ON ledger.task (reused_from);
CREATE INDEX task_settings_run ON ledger.task (settings_run);
CREATE INDEX task_ready ON ledger.task (stage, not_before) WHERE state = 'ready';
CREATE INDEX task_running ON ledger.task (lease_until) WHERE state = 'running';

CREATE TABLE ledger.attempt (
    task            uuid NOT NULL REFERENCES ledger.task,
    attempt         int NOT NULL,
    worker          text NOT NULL,
    host            text NOT NULL,
    started         timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished        timestamptz,
    outcome         text CHECK (outcome IN ('done', 'failed', 'lost', 'cancelled', 'damaged')),
    error           text,
    wall_seconds    float8,
    cpu_seconds     float8,
    peak_bytes      bigint,
    bytes_in        bigint,
    bytes_out       bigint,
    PRIMARY KEY (task, attempt)
);
COMMENT ON TABLE ledger.attempt IS 'One try of a task, and what it used.';
COMMENT ON COLUMN ledger.attempt.outcome IS 'lost: its lease ran out; damaged: an input was; NULL while it runs.';

CREATE TABLE ledger.task_input (
    task            uuid NOT NULL REFERENCES ledger.task,
    role            text NOT NULL,
    ordinal         bigint NOT NULL,
    artifact        bytea NOT NULL REFERENCES ledger.artifact,
    PRIMARY KEY (task, role, ordinal)
);
CREATE INDEX task_input_artifact ON ledger.task_input (artifact);

CREATE TABLE ledger.task_output (
    task            uuid NOT NULL REFERENCES ledger.task,
    role            text NOT NULL,
    ordinal         bigint NOT NULL,
    artifact        bytea NOT NULL REFERENCES ledger.artifact,
    PRIMARY KEY (task, role, ordinal)
);
CREATE INDEX task_output_artifact ON ledger.task_output (artifact);
COMMENT ON TABLE ledger.task_input IS 'The edges of the lineage: what a task was given.';
COMMENT ON TABLE ledger.task_output IS 'The edges of the lineage: what a task made.';

CREATE TABLE ledger.task_counter (
    task            uuid NOT NULL REFERENCES ledger.task,
    name            text NOT NULL,
    value           bigint NOT NULL,
    PRIMARY KEY (task, name)
);
COMMENT ON TABLE ledger.task_counter IS 'What a task counted: documents in and kept, bytes, tokens.';

CREATE TABLE ledger.checkpoint (
    task            uuid PRIMARY KEY REFERENCES ledger.task,
    step            bigint NOT NULL,
    artifact        bytea NOT NULL,
    bytes           bigint NOT NULL,
    at              timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ledger.checkpoint IS 'From where the next attempt of a task can go on.';

CREATE TABLE ledger.outbox (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task            uuid REFERENCES ledger.task,
    topic           text NOT NULL,
    key             text NOT NULL,
    payload         text NOT NULL,
    created         timestamptz NOT NULL DEFAULT now(),
    published       timestamptz,
    kafka_partition int,
    kafka_offset    bigint
);
COMMENT ON TABLE ledger.outbox IS 'Messages to send: written in the transaction that they tell of, published after it by the relay.';
CREATE INDEX outbox_due ON ledger.outbox (id) WHERE published IS NULL;
CREATE INDEX outbox_task ON ledger.outbox (task);

CREATE TABLE ledger.dead_letter (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task            uuid REFERENCES ledger.task,
    topic           text,
    kafka_partition int,
    kafka_offset    bigint,
    reason          text NOT NULL CHECK (reason IN ('undecodable', 'unknown task', 'other version', 'failed')),
    error           text NOT NULL,
    payload         bytea,
    host            text NOT NULL,
    created         timestamptz NOT NULL DEFAULT now(),
    UNIQUE (topic, kafka_partition, kafka_offset, created)
);
COMMENT ON TABLE ledger.dead_letter IS 'Messages that could not be understood, and tasks that failed for good.';
CREATE INDEX dead_letter_task ON ledger.dead_letter (task);
