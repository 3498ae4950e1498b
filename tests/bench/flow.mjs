// flow: N no-op jobs through graphile-worker: added in one call, done by as many at a time as it does best (24 of 1, 8,
// 24, 100 on two cores). Prints jobs per second, from before the call to the last completion. Run by the script beside it.
import {makeWorkerUtils, run, Logger} from "graphile-worker";

const [connectionString, text] = process.argv.slice(2), count = Number(text);
const logger = new Logger(() => () => {});
const utils = await makeWorkerUtils({connectionString, logger});
await utils.migrate();
let done = 0, finish;
const finished = new Promise((resolve) => (finish = resolve));
const runner = await run({connectionString, logger, concurrency: 24, maxPoolSize: 26, noHandleSignals: true, taskList: {nothing: () => {}}});
runner.events.on("job:complete", () => ++done === count && finish());
const start = performance.now();
await utils.withPgClient((client) => client.query(
    `select 1 from graphile_worker.add_jobs(array(select row('nothing', '{}', null, now(), null, null, null, null)::graphile_worker.job_spec
     from generate_series(1, $1::int)))`, [count]));
await finished;
console.log((count / (performance.now() - start) * 1000).toFixed(0));
await runner.stop();
await utils.release();
