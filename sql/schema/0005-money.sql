-- What it cost, what it may cost, what it was thought to cost, and where the money comes from.

CREATE TABLE ledger.charge (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run             uuid REFERENCES ledger.run,
    task            uuid REFERENCES ledger.task,
    attempt         int,
    source          bigint REFERENCES ledger.source,
    resource        text NOT NULL,
    quantity        numeric NOT NULL,
    unit            text NOT NULL,
    price           bigint REFERENCES ledger.price,
    amount          numeric NOT NULL,
    currency        text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    period_start    timestamptz NOT NULL,
    period_end      timestamptz NOT NULL,
    correction_of   bigint REFERENCES ledger.charge,
    note            text,
    created         timestamptz NOT NULL DEFAULT now(),
    CHECK (period_end >= period_start)
);
COMMENT ON TABLE ledger.charge IS 'One cost: of an attempt of a task, of a source, of storage. A correction is a row of its own, which names the charge it corrects.';
CREATE UNIQUE INDEX charge_once ON ledger.charge (task, attempt, resource) WHERE correction_of IS NULL;
CREATE INDEX charge_run ON ledger.charge (run);
CREATE INDEX charge_source ON ledger.charge (source);
CREATE INDEX charge_price ON ledger.charge (price);
CREATE INDEX charge_correction_of ON ledger.charge (correction_of);
CREATE INDEX charge_period ON ledger.charge (period_start);
CREATE TRIGGER charge_append_only BEFORE UPDATE OR DELETE ON ledger.charge
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change('accounts are corrected by new rows (correction_of)');

CREATE TABLE ledger.budget_event (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    budget      bigint NOT NULL REFERENCES ledger.budget,
    run         uuid REFERENCES ledger.run,
    kind        text NOT NULL CHECK (kind IN ('reserve', 'settle', 'release', 'refuse', 'override')),
    amount      numeric NOT NULL,
    currency    text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    actor       text NOT NULL DEFAULT current_user,
    reason      text,
    at          timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE ledger.budget_event IS
    'reserve: a run may spend so much (positive); release: it gives back what it did not need (negative); '
    'settle: what it spent, after its end; refuse: a run that was not started; override: allowed by a person against the limit.';
CREATE INDEX budget_event_budget ON ledger.budget_event (budget, at);
CREATE INDEX budget_event_run ON ledger.budget_event (run);
CREATE TRIGGER budget_event_append_only BEFORE UPDATE OR DELETE ON ledger.budget_event
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change('accounts are corrected by new rows');

CREATE TABLE ledger.estimate (
    run         uuid NOT NULL REFERENCES ledger.run,
    stage       text NOT NULL,
    seconds_p50 float8 NOT NULL,
    seconds_p90 float8 NOT NULL,
    amount_p50  numeric NOT NULL,
    amount_p90  numeric NOT NULL,
    currency    text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    created     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run, stage)
);
COMMENT ON TABLE ledger.estimate IS 'What the plan said a stage of a run would take and cost, so that it can be held against what it did.';

CREATE TABLE ledger.funding (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('grant', 'equity', 'revenue', 'credit', 'other')),
    origin      text NOT NULL,
    amount      numeric NOT NULL,
    currency    text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    received    date NOT NULL,
    note        text
);
COMMENT ON TABLE ledger.funding IS 'Money that came in; with the charges it gives the runway.';
CREATE TRIGGER funding_append_only BEFORE UPDATE OR DELETE ON ledger.funding
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change('accounts are corrected by new rows (a negative amount)');
