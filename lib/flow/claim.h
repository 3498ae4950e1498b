/*
 * claim: who works on a task. The protocol's state changes, each one SQL statement in sql/statement/task-*.sql:
 *
 *   ready -> running    claim_take (orders came), claim_next (nothing came): the attempt counts from here
 *   running             claim_heartbeat renews the lease; false: it was lost, or the run has ended
 *   running -> done     complete.h, in one transaction with all that the task leaves
 *   running -> ready    claim_failed, after a while; at once where an input is damaged and is being made again
 *   running -> failed   claim_failed for the last time: the run fails with it
 *
 * Every change names task, attempt and owner: a worker that lost its lease changes nothing. Quick tasks are claimed and
 * completed several at once (hand.h); whoever locks several tasks does so in the order of their ids.
 */
#ifndef LIB_FLOW_CLAIM_H
#define LIB_FLOW_CLAIM_H

#include "lib/base/uuid.h"
#include "lib/flow/graph.h"
#include "lib/ledger/ledger.h"
#include "lib/store/store.h"

#include <sys/types.h>

struct claim {
    char task[UUID_TEXT], run[UUID_TEXT], settings_run[UUID_TEXT];
    const char *kind;
    const char *spec; /* JSON */
    struct graph_position position;
    int attempt;
    int failures; /* so far */
    bool repair;
    struct digest key;
    const char *owner; /* "host/pid/..." */
};

struct claimer {
    const char *stage;
    const char *owner;
    const char *host;
    int64_t lease_ms;
    int64_t attempts; /* that may fail before the task does */
    const struct store *store;
    const char *topic_prefix;
};

/* What the names of workers of a stage in this process begin with: "host/pid/stage/". */
const char *claim_owner(struct arena *arena, const char *host, pid_t pid, const char *stage);

/* Takes of these tasks (UUIDs) those that are to be had; at most as many claims as there are tasks, *got of them.
 * Everything in a claim lives in `arena`. */
bool claim_take(struct ledger *ledger, struct arena *arena, const struct claimer *claimer, const char *const *tasks,
                size_t count, struct claim *claims, size_t *got, struct err *err) MUST_CHECK;
/* Takes at most so many of those that wait longest. */
bool claim_next(struct ledger *ledger, struct arena *arena, const struct claimer *claimer, size_t most,
                struct claim *claims, size_t *got, struct err *err) MUST_CHECK;

/* Renews the leases of all of them. What is said is of claims[current] alone, to which `progress` (JSON or NULL) and
 * what it has used so far belong: ERR_LEASE: lost. ERR_CANCELLED: its run has ended. */
bool claim_heartbeat(struct ledger *ledger, struct arena *arena, const struct claimer *claimer,
                     const struct claim *claims, size_t count, size_t current, const char *progress, double cpu_seconds,
                     struct err *err) MUST_CHECK;

/* What an attempt used. */
struct claim_usage {
    int64_t started_us, ended_us;
    double wall_seconds, cpu_seconds;
    int64_t peak_bytes, bytes_in, bytes_out;
};

/* A failed attempt: sent back, or failed for good, as `why` and the attempts so far say. */
bool claim_failed(struct ledger *ledger, struct arena *arena, const struct claimer *claimer, const struct claim *claim,
                  const struct claim_usage *usage, const struct err *why, struct err *err) MUST_CHECK;

/* The worker was told to end in the middle of the work: the task goes back at once, and that is no failure of it. */
bool claim_give_back(struct ledger *ledger, struct arena *arena, const struct claim *claim,
                     const struct claim_usage *usage, const struct err *why, struct err *err) MUST_CHECK;

/* Tasks whose lease ran out go back, or fail where that was their last attempt. What its worker had in hand and had not
 * begun counts no failure; nor do new tasks claimed together, of which it may have been at any: the next attempt, whose
 * beginning is recorded (attempt-begin.sql), tells. */
bool claim_expire(struct ledger *ledger, struct arena *arena, const struct claimer *claimer,
                  struct err *err) MUST_CHECK;

/* What the worker `owner`, or any whose name begins so, holds is free at once: it is known to have ended, how ("died"),
 * and maybe at which task (else NULL). */
bool claim_abandon(struct ledger *ledger, struct arena *arena, const char *owner, const char *how, const char *at,
                   struct err *err) MUST_CHECK;

/* The ends of attempts of one worker, with their charges; inside the caller's transaction. */
struct claim_end {
    const struct claim *claim;
    const struct claim_usage *usage;
    const char *outcome;
    const char *error; /* NULL: none */
};
bool claim_attempts_end(struct ledger *ledger, struct arena *arena, const struct claim_end *ends, size_t count,
                        struct err *err) MUST_CHECK;

#endif
