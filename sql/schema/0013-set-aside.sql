-- Documents that a task after cleaning had to leave out: each ended the process that worked on it (lib/flow/trial.h).

CREATE TABLE ledger.set_aside (
    task            uuid NOT NULL REFERENCES ledger.task,
    document        uuid NOT NULL,
    bytes           bigint NOT NULL,
    rule            text NOT NULL CHECK (rule IN ('crash', 'timeout', 'memory')),
    value           float8 NOT NULL,
    threshold       float8 NOT NULL,
    PRIMARY KEY (task, document)
);
COMMENT ON TABLE ledger.set_aside IS
    'A document that a task of tokenizing or evaluation left out, as it crashed, hung or exhausted the process that worked on it.';
COMMENT ON COLUMN ledger.set_aside.value IS 'The signal (or minus the exit status), seconds without a move, or peak bytes.';
COMMENT ON COLUMN ledger.set_aside.threshold IS 'Of the last two; 0: none was set.';
CREATE INDEX set_aside_document ON ledger.set_aside (document);
CREATE TRIGGER set_aside_append_only BEFORE UPDATE OR DELETE ON ledger.set_aside
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change('models were trained or scored without it');
