-- Which store the ledger's artifacts are in, so that an empty folder where that should be mounted is not taken for it.
CREATE TABLE ledger.store (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    id          uuid NOT NULL,
    root        text NOT NULL,
    since       timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE ledger.store IS 'The one store of this ledger: the folder whose file store.id has this id. No row: none was used yet.';
COMMENT ON COLUMN ledger.store.root IS 'Where it was when it became the ledger''s; it may have been moved since.';
