-- From where a task can go on: its own checkpoint, or that of one like it whose run was ended. $1 task
SELECT found.step, encode(found.artifact, 'hex'), found.task
FROM (
    SELECT true AS own, c.* FROM ledger.checkpoint c WHERE c.task = $1::uuid
    UNION ALL
    SELECT false, c.* FROM ledger.task n JOIN ledger.task t ON t.key = n.key AND t.state = 'cancelled'
    JOIN ledger.checkpoint c ON c.task = t.id WHERE n.id = $1::uuid
) found ORDER BY found.own DESC, found.step DESC LIMIT 1
