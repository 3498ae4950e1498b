-- Messages that were set aside and not sent again, oldest first.
SELECT id FROM ledger.dead_letter WHERE sent IS NULL AND reason <> 'failed' ORDER BY id
