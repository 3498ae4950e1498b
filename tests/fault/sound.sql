-- sound: what must hold of a ledger with one run that is done, whatever happened meanwhile. A row per breach. :pages is how
-- many files the run read; each holds one document.
WITH breach (what, found) AS (
    SELECT 'runs', count(*) FROM ledger.run HAVING count(*) <> 1
    UNION ALL SELECT 'runs of the slot', count(*) FROM ledger.run_slot HAVING count(*) <> 1
    UNION ALL SELECT 'files listed', count(*) FROM ledger.item HAVING count(*) <> :pages
    UNION ALL SELECT 'documents with an outcome', count(*) FROM ledger.document HAVING count(*) <> :pages
    UNION ALL SELECT 'different documents', count(DISTINCT id) FROM ledger.document HAVING count(DISTINCT id) <> :pages
    UNION ALL SELECT 'kept and dropped of ' || s.id, count(*) FROM ledger.shard s LEFT JOIN ledger.document d ON d.shard = s.id
              GROUP BY s.id, s.documents, s.kept HAVING count(*) <> s.documents OR count(d.shard_row) <> s.kept
    UNION ALL SELECT 'tasks not done: ' || kind || ' ' || state, count(*) FROM ledger.task
              WHERE state NOT IN ('done', 'reused') GROUP BY kind, state
    UNION ALL SELECT 'tasks that are not counted: ' || s.kind, count(t.id)
              FROM ledger.stage_run s LEFT JOIN ledger.task t ON t.run = s.run AND t.kind = s.kind AND NOT t.repair
              GROUP BY s.run, s.kind, s.done, s.expected, s.complete
              HAVING s.done <> count(t.id) OR s.expected <> s.done OR NOT s.complete
    UNION ALL SELECT 'ends of task ' || t.id || ' (' || t.kind || ')', count(a.task)
              FROM ledger.task t LEFT JOIN ledger.attempt a ON a.task = t.id AND a.outcome = 'done'
              WHERE t.state = 'done' GROUP BY t.id, t.kind HAVING count(a.task) <> 1
    UNION ALL SELECT 'attempts of task ' || t.id || ' (' || t.kind || ')', count(a.task)
              FROM ledger.task t LEFT JOIN ledger.attempt a ON a.task = t.id
              GROUP BY t.id, t.kind, t.attempt HAVING count(a.task) <> t.attempt
    UNION ALL SELECT 'attempts without an end', count(*) FROM ledger.attempt WHERE outcome IS NULL HAVING count(*) > 0
    UNION ALL SELECT 'charges of one attempt for ' || resource, count(*) FROM ledger.charge
              WHERE task IS NOT NULL AND correction_of IS NULL GROUP BY task, attempt, resource HAVING count(*) > 1
    UNION ALL SELECT 'attempts that were not charged', count(*) FROM ledger.attempt a
              WHERE a.cpu_seconds > 0.01 AND a.outcome IN ('done', 'lost')
                AND NOT EXISTS (SELECT FROM ledger.charge c WHERE c.task = a.task AND c.attempt = a.attempt) HAVING count(*) > 0
    UNION ALL SELECT 'budget events: ' || b.period || ' ' || k.kind, count(e.id)
              FROM ledger.budget b CROSS JOIN (VALUES ('reserve'), ('release'), ('settle')) k (kind)
              LEFT JOIN ledger.budget_event e ON e.budget = b.id AND e.kind = k.kind
              GROUP BY b.period, k.kind HAVING count(e.id) <> 1
    UNION ALL SELECT 'budgets', count(*) FROM ledger.budget HAVING count(*) <> 2
    UNION ALL SELECT 'estimates', count(*) FROM ledger.estimate HAVING count(*) = 0
    UNION ALL SELECT 'sources with a licence', count(*) FROM ledger.source WHERE licence = 'PostgreSQL' HAVING count(*) <> 1
    UNION ALL SELECT 'dataset versions', count(*) FROM ledger.dataset_version HAVING count(*) <> 1
    UNION ALL SELECT 'model versions', count(*) FROM ledger.model_version HAVING count(*) <> 1
    UNION ALL SELECT 'releases', count(*) FROM ledger.alias_event HAVING count(*) <> 1
    UNION ALL SELECT 'released although a gate refused', count(*) FROM ledger.model_version v
              JOIN ledger.task j ON j.run = v.run AND j.kind = 'evaluate.judge' JOIN ledger.verdict g ON g.task = j.id
              WHERE v.state = 'released' AND NOT g.passed HAVING count(*) > 0
    UNION ALL SELECT 'tasks given up', count(*) FROM ledger.dead_letter WHERE reason = 'failed' HAVING count(*) > 0
    UNION ALL SELECT 'checkpoints of what is done', count(*) FROM ledger.checkpoint HAVING count(*) > 0
)
SELECT what || ': ' || found FROM breach
