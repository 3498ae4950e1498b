-- A run has ended: what it reserved is given back, what it spent is noted; once. $1 run
WITH reserved AS (
    SELECT budget, currency, sum(amount) AS amount FROM ledger.budget_event
    WHERE run = $1::uuid AND kind IN ('reserve', 'release') GROUP BY budget, currency HAVING sum(amount) > 0
), spent AS (
    SELECT coalesce(sum(amount), 0) AS amount FROM ledger.charge WHERE run = $1::uuid
)
INSERT INTO ledger.budget_event (budget, run, kind, amount, currency, reason)
SELECT budget, $1::uuid, 'release', -amount, currency, 'the run has ended' FROM reserved
UNION ALL
SELECT r.budget, $1::uuid, 'settle', s.amount, r.currency, 'what the run spent' FROM reserved r, spent s
