-- What was learned and how good it is: tokenizers, metrics, evaluations, verdicts, models, aliases.

CREATE TABLE ledger.tokenizer (
    digest          bytea PRIMARY KEY REFERENCES ledger.artifact,
    dataset_version bigint REFERENCES ledger.dataset_version,
    task            uuid NOT NULL REFERENCES ledger.task,
    vocabulary      bigint,
    created         timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ledger.tokenizer IS 'A tokenizer.json, and what it was learned from (NULL: it was given).';
CREATE INDEX tokenizer_dataset_version ON ledger.tokenizer (dataset_version);
CREATE INDEX tokenizer_task ON ledger.tokenizer (task);

CREATE TABLE ledger.metric_key (
    id      int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name    text NOT NULL UNIQUE
);

CREATE TABLE ledger.metric (
    task    uuid NOT NULL REFERENCES ledger.task,
    key     int NOT NULL REFERENCES ledger.metric_key,
    step    bigint NOT NULL,
    value   float8 NOT NULL,
    PRIMARY KEY (task, key, step)
);
COMMENT ON TABLE ledger.metric IS 'A point of a series that a task measured ("loss" at step 100), or a single value (step 0).';
CREATE INDEX metric_by_key ON ledger.metric (key, task);
CREATE TRIGGER metric_append_only BEFORE UPDATE OR DELETE ON ledger.metric
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change('it is what was measured');

CREATE TABLE ledger.metric_last (
    task    uuid NOT NULL REFERENCES ledger.task,
    key     int NOT NULL REFERENCES ledger.metric_key,
    step    bigint NOT NULL,
    value   float8 NOT NULL,
    least   float8 NOT NULL,
    points  bigint NOT NULL,
    PRIMARY KEY (task, key)
);
COMMENT ON TABLE ledger.metric_last IS 'The last point of each series of a finished task, so that runs are compared without reading every point.';
CREATE INDEX metric_last_key ON ledger.metric_last (key);

CREATE TABLE ledger.evaluation (
    task    uuid NOT NULL REFERENCES ledger.task,
    subject text NOT NULL,
    metric  text NOT NULL,
    value   float8 NOT NULL,
    low     float8,
    high    float8,
    PRIMARY KEY (task, subject, metric)
);
COMMENT ON TABLE ledger.evaluation IS 'A score on the held-out documents; low and high are its 95 % confidence interval.';
COMMENT ON COLUMN ledger.evaluation.subject IS 'A model''s name, a baseline''s name, or "production".';
CREATE TRIGGER evaluation_append_only BEFORE UPDATE OR DELETE ON ledger.evaluation
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change('it is what was measured');

CREATE TABLE ledger.verdict (
    task        uuid NOT NULL REFERENCES ledger.task,
    ordinal     int NOT NULL,
    gate        text NOT NULL,
    left_value  float8,
    right_value float8,
    passed      boolean NOT NULL,
    reason      text NOT NULL,
    PRIMARY KEY (task, ordinal)
);
COMMENT ON TABLE ledger.verdict IS 'A gate of the definition, the two numbers it compared, and what came of it.';
CREATE TRIGGER verdict_append_only BEFORE UPDATE OR DELETE ON ledger.verdict
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change('models were released or refused on its ground');

CREATE TABLE ledger.model (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL UNIQUE CHECK (name <> ''),
    created     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE ledger.model_version (
    id              uuid PRIMARY KEY,
    model           bigint NOT NULL REFERENCES ledger.model,
    version         int NOT NULL CHECK (version > 0),
    state           text NOT NULL CHECK (state IN ('released', 'refused')),
    reason          text,
    run             uuid NOT NULL REFERENCES ledger.run,
    task            uuid NOT NULL UNIQUE REFERENCES ledger.task,
    weights         bytea NOT NULL REFERENCES ledger.artifact,
    config          bytea NOT NULL REFERENCES ledger.artifact,
    tokenizer       bytea NOT NULL REFERENCES ledger.artifact,
    dataset_version bigint NOT NULL REFERENCES ledger.dataset_version,
    parameters      bigint NOT NULL,
    parent          uuid REFERENCES ledger.model_version,
    created         timestamptz NOT NULL DEFAULT now(),
    UNIQUE (model, version)
);
COMMENT ON TABLE ledger.model_version IS 'A trained model with all it consists of; released when its gates passed, else kept as refused.';
COMMENT ON COLUMN ledger.model_version.parent IS 'The version whose weights it started from; NULL where it was trained from nothing.';
CREATE INDEX model_version_run ON ledger.model_version (run);
CREATE INDEX model_version_weights ON ledger.model_version (weights);
CREATE INDEX model_version_config ON ledger.model_version (config);
CREATE INDEX model_version_tokenizer ON ledger.model_version (tokenizer);
CREATE INDEX model_version_dataset_version ON ledger.model_version (dataset_version);
CREATE INDEX model_version_parent ON ledger.model_version (parent);
CREATE TRIGGER model_version_append_only BEFORE UPDATE OR DELETE ON ledger.model_version
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change('a version stays what it was when it was registered; move an alias instead');

CREATE TABLE ledger.alias_event (
    seq             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model           bigint NOT NULL REFERENCES ledger.model,
    alias           text NOT NULL CHECK (alias ~ '^[a-z][a-z0-9_-]*$'),
    kind            text NOT NULL CHECK (kind IN ('release', 'promote', 'rollback')),
    from_version    uuid REFERENCES ledger.model_version,
    to_version      uuid NOT NULL REFERENCES ledger.model_version,
    actor           text NOT NULL,
    reason          text,
    at              timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE ledger.alias_event IS 'An alias moved. Each row begins where the one before it ended; the newest is what the alias means now.';
CREATE INDEX alias_event_of ON ledger.alias_event (model, alias, seq);
CREATE INDEX alias_event_from_version ON ledger.alias_event (from_version);
CREATE INDEX alias_event_to_version ON ledger.alias_event (to_version);
CREATE TRIGGER alias_event_append_only BEFORE UPDATE OR DELETE ON ledger.alias_event
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change('it is the history of what was in production when');
