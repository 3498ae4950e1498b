-- What was applied, in order; 'view' stands for all of sql/view.
SELECT name, digest FROM ledger.migration ORDER BY name COLLATE "C"
