-- What a task cost is found by an index, corrections and all; the one that stood here was of no use to a question that does
-- not leave corrections out.
DROP INDEX ledger.charge_once;
CREATE UNIQUE INDEX charge_once ON ledger.charge (task, attempt, resource, (CASE WHEN correction_of IS NULL THEN 0 ELSE id END));
