/*
 * seed: a small history in a ledger: two runs of pipeline "manuals", each from items to a model version. The second run
 * reuses shard 0, has one new shard, and registers version 2 as refused.
 */
#ifndef TESTS_UNIT_LEDGER_SEED_H
#define TESTS_UNIT_LEDGER_SEED_H

#include "lib/ledger/record_task.h"

#define SEED_RUN_1  "00000000-0000-7000-8000-000000000001"
#define SEED_RUN_2  "00000000-0000-7000-8000-000000000002"
#define SEED_KEPT   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01"
#define SEED_SHORT  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa02"
#define SEED_COPY   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa03"

#endif
