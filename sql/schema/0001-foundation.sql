-- What everything else refers to: definitions, pipelines, artifacts, sources, prices, budgets.
-- Schema ledger holds the tables, schema report the views that users read.

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger.% is append-only: % is refused, because %', TG_TABLE_NAME, lower(TG_OP), TG_ARGV[0]
        USING ERRCODE = 'integrity_constraint_violation',
              HINT = 'Add a new row that says what changed.';
END $$;
COMMENT ON FUNCTION ledger.refuse_change() IS
    'Trigger of tables whose rows never change; its argument says why, as the end of the sentence "... because".';

CREATE TABLE ledger.definition (
    digest      bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    body        text NOT NULL,
    file        text NOT NULL,
    first_seen  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ledger.definition IS 'The bytes of a YAML definition, by their SHA-256.';
COMMENT ON COLUMN ledger.definition.file IS 'Where it was read when it was first seen.';
CREATE TRIGGER definition_append_only BEFORE UPDATE OR DELETE ON ledger.definition
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change('runs refer to these very bytes');

CREATE TABLE ledger.pipeline (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL UNIQUE CHECK (name <> ''),
    about       text,
    definition  bytea REFERENCES ledger.definition,
    created     timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ledger.pipeline IS 'A name, and the newest definition under it.';
CREATE INDEX pipeline_definition ON ledger.pipeline (definition);

CREATE TABLE ledger.artifact (
    digest      bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    bytes       bigint NOT NULL CHECK (bytes >= 0),
    media_type  text NOT NULL,
    task        uuid,
    created     timestamptz NOT NULL DEFAULT now(),
    removed     timestamptz
);
COMMENT ON TABLE ledger.artifact IS 'A file of the store, by the SHA-256 of its bytes.';
COMMENT ON COLUMN ledger.artifact.task IS 'The task that made it first.';
COMMENT ON COLUMN ledger.artifact.removed IS 'When it left the store; what is known of it stays.';
CREATE INDEX artifact_task ON ledger.artifact (task);

CREATE TABLE ledger.source (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL UNIQUE CHECK (name <> ''),
    kind        text NOT NULL DEFAULT 'files',
    licence     text,
    basis       text,
    created     timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ledger.source IS 'Where documents come from, as the definitions name it.';
COMMENT ON COLUMN ledger.source.basis IS 'Why the data may be used: contract, consent, public ...';

CREATE TABLE ledger.price (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    resource    text NOT NULL CHECK (resource IN ('cpu', 'gpu', 'storage', 'energy', 'data', 'other')),
    unit        text NOT NULL,
    amount      numeric NOT NULL CHECK (amount >= 0),
    currency    text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    valid_from  timestamptz NOT NULL DEFAULT now(),
    valid_to    timestamptz CHECK (valid_to > valid_from)
);
COMMENT ON TABLE ledger.price IS
    'The price list: money per unit of a resource (cpu, gpu: Hours; storage: GB-Months; energy: kWh). '
    'The row that is valid when a charge begins is the one it is charged by; valid_to is NULL for the present one.';
CREATE UNIQUE INDEX price_present ON ledger.price (resource) WHERE valid_to IS NULL;
CREATE INDEX price_valid ON ledger.price (resource, valid_from);

CREATE TABLE ledger.budget (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pipeline    bigint REFERENCES ledger.pipeline,
    period      text NOT NULL CHECK (period IN ('run', 'day', 'month', 'year')),
    amount      numeric NOT NULL CHECK (amount >= 0),
    currency    text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    valid_from  timestamptz NOT NULL DEFAULT now(),
    valid_to    timestamptz
);
COMMENT ON TABLE ledger.budget IS 'What a pipeline (NULL: all of them together) may cost per period.';
CREATE INDEX budget_pipeline ON ledger.budget (pipeline);
CREATE UNIQUE INDEX budget_present ON ledger.budget (coalesce(pipeline, 0), period) WHERE valid_to IS NULL;
