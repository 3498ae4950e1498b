/* summary: what a run came to, for people (as experience has it: what, how good, how dear, what next) or as JSON. */
#ifndef PIPELINES_SUMMARY_H
#define PIPELINES_SUMMARY_H

#include "lib/store/store.h"
#include "pipelines/budget.h"
#include "pipelines/command.h"
#include "pipelines/snapshot.h"

struct summary {
    struct session *session;
    struct ledger *ledger;
    const struct store *store;
    struct loaded *loaded;
    const char *run;
    bool told; /* set by summary_print: what it failed with is the run's own end */
};

/* Prints, unless quiet and all is well; then fails with the error by which the run's exit status is known. */
bool summary_print(struct summary *summary, struct err *err) MUST_CHECK;

/* A run's end as an error: true for one that is done. */
bool run_outcome(const struct snapshot *snapshot, const char *refusal, struct err *err) MUST_CHECK;

#endif
