SELECT id FROM ledger.store
