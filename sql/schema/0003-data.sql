-- What the data are: items of the sources, documents and what became of them, datasets.

ALTER TABLE ledger.artifact ADD FOREIGN KEY (task) REFERENCES ledger.task;

CREATE TABLE ledger.item (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source      bigint NOT NULL REFERENCES ledger.source,
    uri         text NOT NULL,
    bytes       bigint,
    mtime       timestamptz,
    digest      bytea CHECK (octet_length(digest) = 32),
    error       text,
    first_run   uuid REFERENCES ledger.run,
    last_run    uuid REFERENCES ledger.run,
    first_seen  timestamptz NOT NULL DEFAULT now(),
    last_seen   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (source, uri)
);
COMMENT ON TABLE ledger.item IS 'What a source listed: a file, as it was when a run last saw it.';
COMMENT ON COLUMN ledger.item.error IS 'Why it could not be read or parsed; NULL where it could.';
CREATE INDEX item_uri ON ledger.item (uri);
CREATE INDEX item_first_run ON ledger.item (first_run);
CREATE INDEX item_last_run ON ledger.item (last_run);

-- What one clean.shard task made of its documents. Found by the task's key, so that every later run that reuses the work
-- shares the rows.
CREATE TABLE ledger.shard (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key         bytea NOT NULL UNIQUE CHECK (octet_length(key) = 32),
    task        uuid NOT NULL REFERENCES ledger.task,
    source      bigint NOT NULL REFERENCES ledger.source,
    artifact    bytea NOT NULL REFERENCES ledger.artifact,
    documents   bigint NOT NULL,
    kept        bigint NOT NULL,
    kept_bytes  bigint NOT NULL,
    created     timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ledger.shard IS 'A clean shard: the documents that one clean.shard task kept and dropped.';
COMMENT ON COLUMN ledger.shard.key IS 'The key of the task; tasks of later runs with the same key stand for the same shard.';
CREATE INDEX shard_task ON ledger.shard (task);
CREATE INDEX shard_source ON ledger.shard (source);
CREATE INDEX shard_artifact ON ledger.shard (artifact);
CREATE TRIGGER shard_append_only BEFORE UPDATE OR DELETE ON ledger.shard
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change('datasets and models refer to what it held');

-- Loaded with COPY. The id is 16 bytes (its 32 hex digits read as a UUID). shard and item refer to their tables without a
-- constraint: both are written in the same transaction and never deleted, and a check per row costs a quarter of the load.
CREATE TABLE ledger.document (
    shard       bigint NOT NULL,
    position    int NOT NULL,
    id          uuid NOT NULL,
    item        bigint NOT NULL,
    content     bytea NOT NULL,
    ordinal     bigint NOT NULL,
    bytes       bigint NOT NULL,
    shard_row   int,
    split       text,
    rule        text,
    value       float8,
    threshold   float8,
    PRIMARY KEY (shard, position),
    CHECK ((rule IS NULL) = (shard_row IS NOT NULL))
);
COMMENT ON TABLE ledger.document IS 'One outcome of cleaning per document that came in: kept in a row of the clean shard, or dropped by a rule.';
COMMENT ON COLUMN ledger.document.content IS 'SHA-256 of the cleaned text; of the raw text where it was dropped before.';
COMMENT ON COLUMN ledger.document.rule IS 'The rule that dropped it, with what it measured (value) and its limit (threshold); NULL where kept.';
CREATE INDEX document_id ON ledger.document (id);
CREATE INDEX document_item ON ledger.document (item);
CREATE INDEX document_content ON ledger.document USING hash (content);
CREATE TRIGGER document_append_only BEFORE UPDATE OR DELETE ON ledger.document
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change('it is what happened to a document in a shard that exists');

CREATE TABLE ledger.dataset (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL UNIQUE,
    pipeline    bigint REFERENCES ledger.pipeline,
    created     timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ledger.dataset IS 'A name for a series of dataset versions: that of the pipeline that makes them.';
CREATE INDEX dataset_pipeline ON ledger.dataset (pipeline);

CREATE TABLE ledger.dataset_version (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dataset     bigint NOT NULL REFERENCES ledger.dataset,
    version     int NOT NULL CHECK (version > 0),
    root        bytea NOT NULL UNIQUE REFERENCES ledger.artifact,
    run         uuid NOT NULL REFERENCES ledger.run,
    task        uuid NOT NULL REFERENCES ledger.task,
    documents   bigint NOT NULL,
    bytes       bigint NOT NULL,
    duplicates  bigint NOT NULL,
    parent      bigint REFERENCES ledger.dataset_version,
    created     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (dataset, version)
);
COMMENT ON TABLE ledger.dataset_version IS 'The documents of all clean shards of a run, less the duplicates between them.';
COMMENT ON COLUMN ledger.dataset_version.root IS 'SHA-256 of the manifest, which names every shard and drop list: equal roots are equal data.';
COMMENT ON COLUMN ledger.dataset_version.parent IS 'The version before it.';
CREATE INDEX dataset_version_run ON ledger.dataset_version (run);
CREATE INDEX dataset_version_task ON ledger.dataset_version (task);
CREATE INDEX dataset_version_parent ON ledger.dataset_version (parent);
CREATE TRIGGER dataset_version_append_only BEFORE UPDATE OR DELETE ON ledger.dataset_version
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change('models were trained on it');

CREATE TABLE ledger.dataset_member (
    dataset_version bigint NOT NULL REFERENCES ledger.dataset_version,
    ordinal         int NOT NULL,
    shard           bigint NOT NULL REFERENCES ledger.shard,
    drop_list       bytea REFERENCES ledger.artifact,
    PRIMARY KEY (dataset_version, ordinal)
);
COMMENT ON TABLE ledger.dataset_member IS 'A shard of a dataset version, and the list of its rows that are left out as duplicates.';
CREATE INDEX dataset_member_shard ON ledger.dataset_member (shard);
CREATE INDEX dataset_member_drop_list ON ledger.dataset_member (drop_list);
CREATE TRIGGER dataset_member_append_only BEFORE UPDATE OR DELETE ON ledger.dataset_member
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change('it is part of a dataset version, which models were trained on');

CREATE TABLE ledger.duplicate (
    dataset_version bigint NOT NULL REFERENCES ledger.dataset_version,
    document        uuid NOT NULL,
    duplicate_of    uuid NOT NULL,
    PRIMARY KEY (dataset_version, document)
);
COMMENT ON TABLE ledger.duplicate IS 'A document that a dataset version leaves out because it repeats another.';
CREATE INDEX duplicate_document ON ledger.duplicate (document);
CREATE INDEX duplicate_of ON ledger.duplicate (duplicate_of);
CREATE TRIGGER duplicate_append_only BEFORE UPDATE OR DELETE ON ledger.duplicate
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change('it is part of a dataset version, which models were trained on');

CREATE TABLE ledger.erasure (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('document', 'item', 'source', 'subject')),
    what        text NOT NULL,
    reason      text NOT NULL,
    actor       text NOT NULL,
    requested   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ledger.erasure IS 'A request to forget a document, an item, a source or a person.';
CREATE TRIGGER erasure_append_only BEFORE UPDATE OR DELETE ON ledger.erasure
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change('a request to forget must be honoured in every later run');
