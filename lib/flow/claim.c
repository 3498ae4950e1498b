/* claim: see claim.h. */
#include "lib/flow/claim.h"

#include "lib/base/text.h"
#include "lib/flow/graph.h"
#include "lib/flow/order.h"
#include "lib/ledger/record_task.h"
#include "lib/text/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { BACKOFF_MS = 500, BACKOFF_MOST_MS = 60000, DAMAGE_DELAY_MS = 300, PASS_MS = 2000, PASSES = 60 };

static void fill(struct claim *claim, struct arena *arena, const struct claimer *claimer, const struct rows *rows)
{
    memset(claim, 0, sizeof *claim);
    memcpy(claim->task, row_text(rows, 0, 0), UUID_TEXT);
    memcpy(claim->run, row_text(rows, 0, 1), UUID_TEXT);
    claim->kind = arena_strdup(arena, row_text(rows, 0, 2));
    claim->attempt = (int)row_int(rows, 0, 3);
    claim->spec = arena_strdup(arena, row_text(rows, 0, 4));
    memcpy(claim->settings_run, row_text(rows, 0, 5), UUID_TEXT);
    claim->repair = row_bool(rows, 0, 6);
    if (!digest_parse(row_text(rows, 0, 7), &claim->key))
        BUG("task %s has no key", claim->task);
    claim->failures = (int)row_int(rows, 0, 8);
    claim->owner = claimer->owner;
}

const char *claim_owner(struct arena *arena, const char *host, pid_t pid, const char *stage)
{
    return arena_printf(arena, "%s/%d/%s/", host, (int)pid, stage);
}

/* The claim and its attempt's row are one statement. */
static bool claim_with(struct ledger *ledger, struct arena *arena, const struct claimer *claimer,
                       enum statement statement, const char *task, struct claim *claim, bool *got, struct err *err)
{
    struct rows rows;
    const char *lease = param_int(arena, claimer->lease_ms);
    const char *const params[] = {claimer->owner, lease, claimer->host, claimer->stage, task};
    *got = false;
    if (!ledger_exec(ledger, arena, statement, params, task != NULL ? 5 : 4, &rows, err))
        return false;
    *got = rows.count > 0;
    if (*got)
        fill(claim, arena, claimer, &rows);
    return true;
}

bool claim_take(struct ledger *ledger, struct arena *arena, const struct claimer *claimer, const char *task,
                struct claim *claim, bool *got, struct err *err)
{
    return claim_with(ledger, arena, claimer, STATEMENT_TASK_CLAIM, task, claim, got, err);
}

bool claim_next(struct ledger *ledger, struct arena *arena, const struct claimer *claimer, struct claim *claim,
                bool *got, struct err *err)
{
    return claim_with(ledger, arena, claimer, STATEMENT_TASK_CLAIM_DIRECT, NULL, claim, got, err);
}

bool claim_heartbeat(struct ledger *ledger, struct arena *arena, const struct claimer *claimer,
                     const struct claim *claim, const char *progress, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(ledger, arena, STATEMENT_TASK_HEARTBEAT,
                     PARAMS(claim->task, param_int(arena, claim->attempt), claim->owner,
                            param_int(arena, claimer->lease_ms), progress),
                     &rows, err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_LEASE, "the lease on task %.8s was lost", claim->task);
    if (!text_equal(row_text(&rows, 0, 0), "running"))
        return err_set(err, ERR_CANCELLED, "run %.8s is %s", claim->run, row_text(&rows, 0, 0));
    return true;
}

bool claim_attempt_end(struct ledger *ledger, struct arena *arena, const struct claim *claim,
                       const struct claim_usage *usage, const char *outcome, const char *error, struct err *err)
{
    struct attempt_usage charge = {.task = claim->task,
                                   .attempt = claim->attempt,
                                   .worker = claim->owner,
                                   .started_us = usage->started_us,
                                   .ended_us = usage->ended_us,
                                   .cpu_seconds = usage->cpu_seconds,
                                   .stored_bytes = usage->bytes_out};
    return ledger_queue(ledger, STATEMENT_ATTEMPT_END,
                        PARAMS(claim->task, param_int(arena, claim->attempt), outcome, error,
                               param_real(arena, usage->wall_seconds), param_real(arena, usage->cpu_seconds),
                               param_int(arena, usage->peak_bytes), param_int(arena, usage->bytes_in),
                               param_int(arena, usage->bytes_out), claim->owner),
                        err) &&
           ledger_charge_attempt(ledger, arena, &charge, err);
}

/* Doubles with every failure, with up to half of it added by chance so that many do not come back at once. */
static int64_t backoff_ms(int failures)
{
    int64_t delay = BACKOFF_MS;
    for (int i = 0; i < failures && delay < BACKOFF_MOST_MS; i++)
        delay *= 2;
    if (delay > BACKOFF_MOST_MS)
        delay = BACKOFF_MOST_MS;
    return delay + random() % (delay / 2 + 1);
}

/* Inputs that are not in the store are made again, each by a repair of the task that made it. */
static bool repair_inputs(struct ledger *ledger, struct arena *arena, const struct claimer *claimer,
                          const struct claim *claim, int *missing, struct err *err)
{
    struct rows inputs;
    *missing = 0;
    if (!ledger_exec(ledger, arena, STATEMENT_TASK_INPUTS, PARAMS(claim->task), &inputs, err))
        return false;
    for (int i = 0; i < inputs.count; i++) {
        struct digest digest;
        struct rows made;
        char id[UUID_TEXT];
        if (!digest_parse(row_text(&inputs, i, 2), &digest) || store_has(claimer->store, &digest, NULL))
            continue;
        const char *artifact = param_digest(arena, &digest);
        uuid_new(id);
        ++*missing;
        if (!ledger_exec(ledger, arena, STATEMENT_ARTIFACT_GONE, PARAMS(artifact), NULL, err) ||
            !ledger_exec(ledger, arena, STATEMENT_TASK_REPAIR, PARAMS(id, claim->run, artifact), &made, err))
            return false;
        if (made.count > 0 &&
            (!ledger_exec(ledger, arena, STATEMENT_TASK_REPAIR_INPUTS, PARAMS(id, artifact), NULL, err) ||
             !order_enqueue(ledger, arena, claimer->topic_prefix, claim->run, id, row_text(&made, 0, 1), err)))
            return false;
    }
    return true;
}

/* The run's lock is taken first, as everywhere. */
static bool fail_for_good(struct ledger *ledger, struct arena *arena, const struct claimer *claimer,
                          const struct claim *claim, const struct err *why, struct err *err)
{
    struct graph graph;
    struct rows rows;
    const char *text = arena_printf(arena, "%s: %s", claim->kind, why->text);
    if (!graph_open(&graph, ledger, arena, claimer->store, claim->run, claimer->topic_prefix, err) ||
        !ledger_exec(ledger, arena, STATEMENT_TASK_FAIL,
                     PARAMS(claim->task, param_int(arena, claim->attempt), claim->owner, why->text), &rows, err))
        return false;
    if (rows.count == 0)
        return true;
    return ledger_exec(ledger, arena, STATEMENT_DEAD_LETTER_ADD,
                       PARAMS(claim->task, NULL, NULL, NULL, "failed", text, NULL, claimer->host), NULL, err) &&
           ledger_exec(ledger, arena, STATEMENT_OUTBOX_ADD,
                       PARAMS(NULL, order_dead_topic(arena, claimer->topic_prefix), claim->task,
                              arena_printf(arena, "{\"task\":\"%s\",\"run\":\"%s\",\"reason\":\"failed\"}", claim->task,
                                           claim->run)),
                       NULL, err) &&
           graph_end(&graph, "failed", text, why->code, err);
}

static bool send_back(struct ledger *ledger, struct arena *arena, const struct claim *claim, int64_t delay_ms,
                      const struct err *why, bool counts, struct err *err)
{
    return ledger_exec(ledger, arena, STATEMENT_TASK_RETRY,
                       PARAMS(claim->task, param_int(arena, claim->attempt), claim->owner, param_int(arena, delay_ms),
                              why->text, counts ? "true" : "false"),
                       NULL, err);
}

static bool settle(struct ledger *ledger, struct arena *arena, const struct claimer *claimer, const struct claim *claim,
                   const struct err *why, const char **outcome, struct err *err)
{
    int missing = 0;
    bool last = claim->failures + 1 >= claimer->attempts;
    switch (err_action(why->code)) {
    case ERR_REMAKE:
        *outcome = "damaged";
        if (!repair_inputs(ledger, arena, claimer, claim, &missing, err))
            return false;
        if (missing > 0 || !last)
            return send_back(ledger, arena, claim, DAMAGE_DELAY_MS, why, missing == 0, err);
        return fail_for_good(ledger, arena, claimer, claim, why, err);
    case ERR_RETRY:
        *outcome = "failed";
        if (!last)
            return send_back(ledger, arena, claim, backoff_ms(claim->failures), why, true, err);
        return fail_for_good(ledger, arena, claimer, claim, why, err);
    case ERR_PASS: /* waits for a worker that can; where for minutes there is none, the run says so */
        *outcome = "failed";
        if (claim->attempt < PASSES || !last)
            return send_back(ledger, arena, claim, PASS_MS, why, claim->attempt >= PASSES, err);
        return fail_for_good(ledger, arena, claimer, claim, why, err);
    case ERR_DISCARD:
        *outcome = "lost";
        return true;
    case ERR_STOP:
        if (why->code == ERR_CANCELLED) {
            *outcome = "cancelled";
            return ledger_exec(ledger, arena, STATEMENT_TASK_CANCEL,
                               PARAMS(claim->task, param_int(arena, claim->attempt), claim->owner), NULL, err);
        }
        break;
    case ERR_DROP:
        break;
    }
    *outcome = "failed";
    return fail_for_good(ledger, arena, claimer, claim, why, err);
}

bool claim_failed(struct ledger *ledger, struct arena *arena, const struct claimer *claimer, const struct claim *claim,
                  const struct claim_usage *usage, const struct err *why, struct err *err)
{
    const char *outcome = "failed";
    struct err told; /* hostile input may have put what is no text into it */
    err_set(&told, why->code, "%s", utf8_printable(arena, why->text));
    if (!ledger_begin(ledger, err))
        return false;
    if (settle(ledger, arena, claimer, claim, &told, &outcome, err) &&
        claim_attempt_end(ledger, arena, claim, usage, outcome, told.text, err) && ledger_commit(ledger, err))
        return true;
    ledger_rollback(ledger);
    return false;
}

bool claim_give_back(struct ledger *ledger, struct arena *arena, const struct claim *claim,
                     const struct claim_usage *usage, const struct err *why, struct err *err)
{
    if (!ledger_begin(ledger, err))
        return false;
    if (send_back(ledger, arena, claim, 0, why, false, err) &&
        claim_attempt_end(ledger, arena, claim, usage, "cancelled", why->text, err) && ledger_commit(ledger, err))
        return true;
    ledger_rollback(ledger);
    return false;
}

/* What a lost attempt used is not known; it is charged as one processor for as long as it may have worked. */
static bool charge_lost(struct ledger *ledger, struct arena *arena, const struct claim *claim, const struct err *why,
                        struct err *err)
{
    struct rows rows;
    if (!ledger_exec(ledger, arena, STATEMENT_ATTEMPT_LOST,
                     PARAMS(claim->task, param_int(arena, claim->attempt), why->text), &rows, err))
        return false;
    if (rows.count == 0)
        return true; /* its end was recorded after all */
    struct attempt_usage usage = {.task = claim->task,
                                  .attempt = claim->attempt,
                                  .worker = claim->owner,
                                  .started_us = row_int(&rows, 0, 0),
                                  .ended_us = row_int(&rows, 0, 1)};
    usage.cpu_seconds = (double)(usage.ended_us - usage.started_us) * 1e-6;
    return ledger_charge_attempt(ledger, arena, &usage, err);
}

static bool expire_one(struct ledger *ledger, struct arena *arena, const struct claimer *claimer,
                       const struct rows *rows, int row, struct err *err)
{
    struct claim claim = {.kind = row_text(rows, row, 5), .owner = row_text(rows, row, 3)};
    struct err why;
    memcpy(claim.task, row_text(rows, row, 0), UUID_TEXT);
    memcpy(claim.run, row_text(rows, row, 1), UUID_TEXT);
    claim.attempt = (int)row_int(rows, row, 2);
    claim.failures = (int)row_int(rows, row, 4);
    if (text_equal(row_text(rows, row, 6), "running"))
        err_set(&why, ERR_SERVICE, "its worker %s was not heard of for a lease (killed, hung or cut off)", claim.owner);
    else
        err_set(&why, ERR_CANCELLED, "its run has ended");
    if (!ledger_begin(ledger, err))
        return false;
    const char *outcome = "lost";
    if (settle(ledger, arena, claimer, &claim, &why, &outcome, err) && charge_lost(ledger, arena, &claim, &why, err) &&
        ledger_commit(ledger, err))
        return true;
    ledger_rollback(ledger);
    return false;
}

bool claim_expire(struct ledger *ledger, struct arena *arena, const struct claimer *claimer, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(ledger, arena, STATEMENT_TASK_EXPIRED, NO_PARAMS, &rows, err))
        return false;
    for (int i = 0; i < rows.count; i++)
        if (!expire_one(ledger, arena, claimer, &rows, i, err))
            return false;
    return true;
}

bool claim_abandon(struct ledger *ledger, struct arena *arena, const char *owner, struct err *err)
{
    return ledger_exec(ledger, arena, STATEMENT_TASK_ABANDON, PARAMS(owner), NULL, err);
}
