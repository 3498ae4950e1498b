-- Whether something is made again as part of a run at the moment. $1 run
SELECT EXISTS (SELECT FROM ledger.task WHERE run = $1::uuid AND repair AND state IN ('ready', 'running'))
