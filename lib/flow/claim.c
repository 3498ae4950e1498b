/* claim: see claim.h. */
#include "lib/flow/claim.h"

#include "lib/base/text.h"
#include "lib/flow/graph.h"
#include "lib/flow/order.h"
#include "lib/flow/repair.h"
#include "lib/ledger/record_task.h"
#include "lib/text/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { BACKOFF_MS = 500, BACKOFF_MOST_MS = 60000, DAMAGE_DELAY_MS = 300, PASS_MS = 2000, PASSES = 60 };

static void fill(struct claim *claim, struct arena *arena, const struct claimer *claimer, const struct rows *rows,
                 int row)
{
    memset(claim, 0, sizeof *claim);
    memcpy(claim->task, row_text(rows, row, 0), UUID_TEXT);
    memcpy(claim->run, row_text(rows, row, 1), UUID_TEXT);
    claim->kind = arena_strdup(arena, row_text(rows, row, 2));
    claim->attempt = (int)row_int(rows, row, 3);
    claim->spec = arena_strdup(arena, row_text(rows, row, 4));
    memcpy(claim->settings_run, row_text(rows, row, 5), UUID_TEXT);
    claim->repair = row_bool(rows, row, 6);
    if (!digest_parse(row_text(rows, row, 7), &claim->key))
        BUG("task %s has no key", claim->task);
    claim->failures = (int)row_int(rows, row, 8);
    char *place = arena_strdup(arena, row_text(rows, row, 9));
    for (claim->position.count = 0; *place != '\0' && claim->position.count < GRAPH_PLACES; claim->position.count++)
        claim->position.place[claim->position.count] = strtoll(place, &place, 10);
    claim->owner = claimer->owner;
}

const char *claim_owner(struct arena *arena, const char *host, pid_t pid, const char *stage)
{
    return arena_printf(arena, "%s/%d/%s/", host, (int)pid, stage);
}

/* Claims and their attempts' rows are one statement; `which` is what it asks for: tasks, or how many. */
static bool claim_with(struct ledger *ledger, struct arena *arena, const struct claimer *claimer,
                       enum statement statement, const char *which, struct claim *claims, size_t *got, struct err *err)
{
    struct rows rows;
    const char *lease = param_int(arena, claimer->lease_ms);
    *got = 0;
    if (!ledger_exec(ledger, arena, statement, PARAMS(claimer->owner, lease, claimer->host, claimer->stage, which),
                     &rows, err))
        return false;
    for (int i = 0; i < rows.count; i++)
        fill(&claims[(*got)++], arena, claimer, &rows, i);
    return true;
}

bool claim_take(struct ledger *ledger, struct arena *arena, const struct claimer *claimer, const char *const *tasks,
                size_t count, struct claim *claims, size_t *got, struct err *err)
{
    return claim_with(ledger, arena, claimer, STATEMENT_TASK_CLAIM, param_texts(arena, tasks, count), claims, got, err);
}

bool claim_next(struct ledger *ledger, struct arena *arena, const struct claimer *claimer, size_t most,
                struct claim *claims, size_t *got, struct err *err)
{
    return claim_with(ledger, arena, claimer, STATEMENT_TASK_CLAIM_DIRECT, param_int(arena, (int64_t)most), claims, got,
                      err);
}

bool claim_heartbeat(struct ledger *ledger, struct arena *arena, const struct claimer *claimer,
                     const struct claim *claims, size_t count, size_t current, const char *progress, double cpu_seconds,
                     struct err *err)
{
    struct rows rows;
    const struct claim *of = &claims[current];
    const char **tasks = ARENA_ARRAY(arena, const char *, count);
    int64_t *attempts = ARENA_ARRAY(arena, int64_t, count);
    for (size_t i = 0; i < count; i++) {
        tasks[i] = claims[i].task;
        attempts[i] = claims[i].attempt;
    }
    if (!ledger_exec(ledger, arena, STATEMENT_TASK_HEARTBEAT,
                     PARAMS(param_texts(arena, tasks, count), param_ints(arena, attempts, count), of->owner,
                            param_int(arena, claimer->lease_ms), progress, of->task, param_real(arena, cpu_seconds)),
                     &rows, err))
        return false;
    int row = row_find(&rows, of->task);
    if (row < 0)
        return err_set(err, ERR_LEASE, "the lease on task %s was lost", of->task);
    return text_equal(row_text(&rows, row, 1), "running") ||
           err_set(err, ERR_CANCELLED, "run %.8s is %s", of->run, row_text(&rows, row, 1));
}

static bool end_rows(struct ledger *ledger, struct arena *arena, const struct claim_end *ends, size_t count,
                     struct err *err)
{
    enum { TASK, OUTCOME, ERROR, WALL, CPU, TEXTS };
    enum { ATTEMPT, PEAK, IN, OUT, NUMBERS };
    const char **texts[TEXTS];
    int64_t *numbers[NUMBERS];
    for (int c = 0; c < TEXTS; c++)
        texts[c] = ARENA_ARRAY(arena, const char *, count);
    for (int c = 0; c < NUMBERS; c++)
        numbers[c] = ARENA_ARRAY(arena, int64_t, count);
    for (size_t i = 0; i < count; i++) {
        const struct claim_usage *usage = ends[i].usage;
        texts[TASK][i] = ends[i].claim->task;
        texts[OUTCOME][i] = ends[i].outcome;
        texts[ERROR][i] = ends[i].error;
        texts[WALL][i] = param_real(arena, usage->wall_seconds);
        texts[CPU][i] = param_real(arena, usage->cpu_seconds);
        numbers[ATTEMPT][i] = ends[i].claim->attempt;
        numbers[PEAK][i] = usage->peak_bytes;
        numbers[IN][i] = usage->bytes_in;
        numbers[OUT][i] = usage->bytes_out;
    }
    return ledger_queue(ledger, STATEMENT_ATTEMPT_END,
                        PARAMS(param_texts(arena, texts[TASK], count), param_ints(arena, numbers[ATTEMPT], count),
                               param_texts(arena, texts[OUTCOME], count), param_texts(arena, texts[ERROR], count),
                               param_texts(arena, texts[WALL], count), param_texts(arena, texts[CPU], count),
                               param_ints(arena, numbers[PEAK], count), param_ints(arena, numbers[IN], count),
                               param_ints(arena, numbers[OUT], count), ends[0].claim->owner),
                        err);
}

bool claim_attempts_end(struct ledger *ledger, struct arena *arena, const struct claim_end *ends, size_t count,
                        struct err *err)
{
    struct attempt_usage *charges = ARENA_ARRAY(arena, struct attempt_usage, count);
    for (size_t i = 0; i < count; i++)
        charges[i] = (struct attempt_usage){.task = ends[i].claim->task,
                                            .attempt = ends[i].claim->attempt,
                                            .started_us = ends[i].usage->started_us,
                                            .ended_us = ends[i].usage->ended_us,
                                            .cpu_seconds = ends[i].usage->cpu_seconds,
                                            .stored_bytes = ends[i].usage->bytes_out};
    return count == 0 || (end_rows(ledger, arena, ends, count, err) &&
                          ledger_charge_attempts(ledger, arena, ends[0].claim->owner, charges, count, err));
}

static bool attempt_end(struct ledger *ledger, struct arena *arena, const struct claim *claim,
                        const struct claim_usage *usage, const char *outcome, const char *error, struct err *err)
{
    return claim_attempts_end(ledger, arena, &(struct claim_end){claim, usage, outcome, error}, 1, err);
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
    const char *task = param_texts(arena, &(const char *){claim->task}, 1);
    *missing = 0;
    if (!ledger_exec(ledger, arena, STATEMENT_TASK_INPUTS, PARAMS(task), &inputs, err))
        return false;
    for (int i = 0; i < inputs.count; i++) {
        struct digest digest;
        bool there = true;
        if (digest_parse(row_text(&inputs, i, 3), &digest) && !store_find(claimer->store, &digest, &there, err))
            return false;
        if (there)
            continue;
        ++*missing;
        if (!repair_artifact(ledger, arena, claimer->topic_prefix, claim->run, &digest, err))
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
           order_post(
               ledger, arena, NULL, order_dead_topic(arena, claimer->topic_prefix), claim->task,
               arena_printf(arena, "{\"task\":\"%s\",\"run\":\"%s\",\"reason\":\"failed\"}", claim->task, claim->run),
               err) &&
           graph_break_off(&graph, "failed", text, why->code, err);
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
        attempt_end(ledger, arena, claim, usage, outcome, told.text, err) && ledger_commit(ledger, err))
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
        attempt_end(ledger, arena, claim, usage, "cancelled", why->text, err) && ledger_commit(ledger, err))
        return true;
    ledger_rollback(ledger);
    return false;
}

/* What a lost attempt used in the end is not known; it is charged as one processor for as long as it may have worked,
 * which those that were claimed with it share, or as much as it was heard to have used, where that is more. */
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
                                  .started_us = row_int(&rows, 0, 0),
                                  .ended_us = row_int(&rows, 0, 1)};
    double heard = row_real(&rows, 0, 3),
           share = (double)(usage.ended_us - usage.started_us) * 1e-6 / (double)row_int(&rows, 0, 2);
    usage.cpu_seconds = heard > share ? heard : share;
    return ledger_charge_attempts(ledger, arena, claim->owner, &usage, 1, err);
}

/* What is said of tasks that a worker had in hand besides the one that it was at when it ended so. */
static const char *beside(struct arena *arena, const char *how, bool new, const char *at)
{
    if (at != NULL)
        return arena_printf(arena, "%s, at task %s, which it had in hand with this one; it counts as no failure here",
                            how, at);
    if (!new)
        return arena_printf(arena, "%s before it came to this task; it counts as no failure here", how);
    return arena_printf(arena,
                        "%s with several new tasks in hand; at which of them is not known, so that it counts as no "
                        "failure of any",
                        how);
}

/* A task that was not begun, as far as is known, is not to blame; PASSES ends what goes on for ever all the same. */
static bool settle_lost(struct ledger *ledger, struct arena *arena, const struct claimer *claimer,
                        const struct claim *claim, bool begun, const struct err *why, struct err *err)
{
    const char *outcome = "lost";
    if (begun || claim->attempt >= PASSES || why->code == ERR_CANCELLED)
        return settle(ledger, arena, claimer, claim, why, &outcome, err);
    return send_back(ledger, arena, claim, backoff_ms(0), why, false, err);
}

static bool expire_one(struct ledger *ledger, struct arena *arena, const struct claimer *claimer,
                       const struct rows *rows, int row, struct err *err)
{
    static const char silent[] = "was not heard of for a lease (killed, hung or cut off)";
    struct claim claim = {.kind = row_text(rows, row, 5), .owner = row_text(rows, row, 3)};
    struct err why;
    memcpy(claim.task, row_text(rows, row, 0), UUID_TEXT);
    memcpy(claim.run, row_text(rows, row, 1), UUID_TEXT);
    claim.attempt = (int)row_int(rows, row, 2);
    claim.failures = (int)row_int(rows, row, 4);
    const char *how = row_text(rows, row, 7);
    const bool begun = row_bool(rows, row, 8);
    if (how == NULL)
        how = begun ? silent : beside(arena, silent, claim.attempt == 1, NULL);
    if (!text_equal(row_text(rows, row, 6), "running"))
        err_set(&why, ERR_CANCELLED, "its run has ended");
    else
        err_set(&why, ERR_SERVICE, "its worker %s %s", claim.owner, how);
    if (!ledger_begin(ledger, err))
        return false;
    if (settle_lost(ledger, arena, claimer, &claim, begun, &why, err) &&
        charge_lost(ledger, arena, &claim, &why, err) && ledger_commit(ledger, err))
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

bool claim_abandon(struct ledger *ledger, struct arena *arena, const char *owner, const char *how, const char *at,
                   struct err *err)
{
    return ledger_exec(ledger, arena, STATEMENT_TASK_ABANDON,
                       PARAMS(owner, how, beside(arena, how, true, at), beside(arena, how, false, at), at), NULL, err);
}
