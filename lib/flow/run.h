/*
 * run: one execution of a pipeline, from its first row to its end.
 *
 * run_start() makes the run, takes its slot and makes the first tasks in one transaction, with what the caller records
 * of it. What is unchanged is reused in that same transaction, task by task.
 */
#ifndef LIB_FLOW_RUN_H
#define LIB_FLOW_RUN_H

#include "lib/base/uuid.h"
#include "lib/flow/definition.h"
#include "lib/flow/stage.h"
#include "lib/ledger/ledger.h"

struct run_request {
    const char *pipeline; /* its name */
    const char *about;    /* may be NULL */
    int64_t slot_us;      /* nominal time */
    int64_t deadline_ms;  /* from its start; 0: none */
    /* {"sources":[name], "models":[name], "baselines":[name], "release":name, "alias":name, "limits":{"run", "month",
     * "month_spent": amounts, "currency"}}; limits: what it may spend, may be left out */
    json_t *plan;
    const char *actor; /* who started it */
    const char *code_version;
    const char *topic_prefix;
    const struct store *store;
    const struct stage_info *const *stages;                        /* all of them, ends with NULL */
    bool (*also)(void *context, const char *run, struct err *err); /* what else is recorded with the run; may be NULL */
    void *context;
};

/* ERR_SLOT where another run has the slot; `run` then is that run. */
bool run_start(struct ledger *ledger, struct arena *arena, struct definition *definition,
               const struct run_request *request, char run[UUID_TEXT], struct err *err) MUST_CHECK;

/* state: "cancelled" by the user, or "failed" with an error. Nothing happens to a run that has ended; one that is
 * done but for what it makes again (graph.h) ends as its gates said. */
bool run_stop(struct ledger *ledger, struct arena *arena, const struct store *store, const char *run, const char *state,
              const char *error, enum err_code code, struct err *err) MUST_CHECK;

/* Runs that have not ended at their deadline fail, and their work ends with the next heartbeat. Any worker may call it.
 */
bool run_end_overdue(struct ledger *ledger, struct arena *arena, const struct store *store, struct err *err) MUST_CHECK;
/* So do those that have spent what they may (ERR_BUDGET), what their running tasks were heard to have used included. */
bool run_end_overspent(struct ledger *ledger, struct arena *arena, const struct store *store,
                       struct err *err) MUST_CHECK;

#endif
