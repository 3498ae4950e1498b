-- Whether this database has a ledger.
SELECT to_regclass('ledger.migration') IS NOT NULL
