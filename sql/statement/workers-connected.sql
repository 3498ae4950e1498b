-- Whether a worker of any machine is connected to this ledger.
SELECT EXISTS (SELECT FROM pg_stat_activity
               WHERE datname = current_database() AND application_name ~ '^tidemill-(ingest|clean|tokenize|train|evaluate|registry)$')
