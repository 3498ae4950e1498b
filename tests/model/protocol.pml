/*
 * protocol: a model of the task protocol (docs/design.md), for the model checker spin. tests/model/check.sh runs it.
 *
 * FIRST tasks of a first kind, which when all are done open one of a second, which ends the run; two workers; leases that
 * may run out at any moment, whatever a clock says; a user who may stop the run; a PostgreSQL that crashes and forgets a
 * claim, which does not wait for its disk. With -DHANDS several tasks are claimed at once, of which a worker is at one when it
 * dies. With -DMESSAGES also the relay, and a Kafka that loses, repeats and delays orders; without, a worker asks for any task
 * at any time, which is what orders come to. Each atomic step is one transaction of the ledger; the statements that do it are named.
 *
 * What is assumed of the real thing, and tested on it:
 *   - a transaction happens whole or not at all, also where its answer is lost (tests/unit/flow/claim_test.c)
 *   - a claim, an end and an expiry change only a task in the state, attempt and owner that they name (the same, and
 *     tests/unit/sql/protocol_test.c)
 *   - completions of a run are one after another, by the lock on its row (sql/statement/run-lock.sql)
 *   - a worker forgets all when it dies, and knows one claim at a time; quick tasks are claimed and completed several in a
 *     transaction, which is one of the orders of the steps below with nothing between (tests/unit/flow/hands_test.c). Of a hand
 *     that is lost only what was begun counts as failed (tests/unit/flow/work_test.c): a first attempt may not be known to be
 *     begun; a later one is recorded before anything of it is done
 *
 * A stopped process that wakes up needs no step of its own: between two steps a process may rest for ever. Each of NO_FENCE,
 * CHARGE_TWICE, FORGET_FAILURES, NO_BEGIN, CLAIM_RUNNING, CLAIM_ENDED, OPEN_EARLY, FORGET_COMMIT, END_ANY, NO_EXPIRY and
 * NO_DIRECT takes a safeguard away; spin must find what goes wrong then.
 */
#ifndef FIRST
#define FIRST 2
#endif
#define LAST  FIRST /* the task of the second kind */
#define TASKS (FIRST + 1)
#define LIMIT 2 /* site.attempts */
#ifdef HANDS
#define GIVEN  0
#define PASSES 3                  /* claim.c: from this attempt on all that are lost count */
#define MOST   (PASSES - 1 + LIMIT) /* attempts */
#define LOST_COUNTS(t) (begun[t] || attempt[t] >= PASSES)
#else
#define GIVEN 1 /* how often a worker is told to end */
#define MOST  3 /* attempts: LIMIT + GIVEN */
#define LOST_COUNTS(t) true
#endif
#define SLOTS (MOST + 1)

mtype = {none, ready, running, done, failed, cancelled};
mtype = {unborn, open, complete, over}; /* of an attempt; over: lost, failed, cancelled or given back */

mtype night = running; /* the run */
mtype state[TASKS];
byte attempt[TASKS], failures[TASKS], owner[TASKS];
mtype outcome[TASKS * SLOTS];
byte maker[TASKS * SLOTS]; /* whose attempt it is */
byte charged[TASKS * SLOTS];
byte counted; /* stage_run.done of the first kind */
byte given, unknown, undone;
byte completed[TASKS]; /* what is to be shown: at most once */
#ifdef HANDS
bool begun[TASKS]; /* of the present attempt: ledger.attempt.begun */
byte deaths[TASKS]; /* what is to be shown: a task ends at most LIMIT workers after the first */
#endif
#ifdef MESSAGES
bool order[TASKS]; /* one or more are in Kafka */
#endif

#define OUTCOME(t, a) outcome[(t) * SLOTS + (a)]
#define CHARGED(t, a) charged[(t) * SLOTS + (a)]
#define MAKER(t, a)   maker[(t) * SLOTS + (a)]
#ifdef END_ANY
#define MADE(t, a, w) true
#else
#define MADE(t, a, w) (MAKER(t, a) == (w))
#endif

#ifdef NO_FENCE
#define MINE(t, a, w) (state[t] == running)
#else
#define MINE(t, a, w) (state[t] == running && attempt[t] == (a) && owner[t] == (w))
#endif

#ifdef CHARGE_TWICE
#define UNPAID(t, a) true
#else
#define UNPAID(t, a) (CHARGED(t, a) == 0) /* charge-attempt.sql: ON CONFLICT DO NOTHING */
#endif

#ifdef CLAIM_RUNNING
#define FREE(t) ((state[t] == ready || state[t] == running) && night == running)
#elif defined(CLAIM_ENDED)
#define FREE(t) (state[t] == ready || state[t] == cancelled)
#else
#define FREE(t) (state[t] == ready && night == running)
#endif

/* attempt-end.sql, attempt-lost.sql, charge-attempt.sql: by its own worker; one that is complete stays so. */
inline end_attempt(t, a, w, how) {
    if
    :: MADE(t, a, w) ->
        if
        :: OUTCOME(t, a) != complete -> OUTCOME(t, a) = how
        :: else
        fi;
        if
        :: UNPAID(t, a) -> CHARGED(t, a)++
        :: else
        fi;
        assert(CHARGED(t, a) == 1)
    :: else
    fi
}

/* run-end.sql, run-cancel-tasks.sql */
inline end_night(how) {
    byte i;
    assert(night == running);
    night = how;
    for (i : 0 .. LAST) {
        if
        :: state[i] == ready -> state[i] = cancelled
        :: else
        fi
    }
    i = 0
}

/* task-retry.sql, task-fail.sql: the last failure fails the task, and the run with it. */
inline fail(t) {
#ifndef FORGET_FAILURES
    failures[t]++;
#endif
    if
    :: failures[t] >= LIMIT -> state[t] = failed; end_night(failed)
    :: else -> state[t] = ready
    fi
}

/* task-claim.sql, task-claim-direct.sql */
inline claim(t, w) {
    assert(night == running); /* nothing of an ended run is begun */
    assert(attempt[t] == 0 || OUTCOME(t, attempt[t]) != open); /* one worker at a time */
    assert(attempt[t] < MOST); /* a crash loop ends */
    state[t] = running;
    attempt[t]++;
    owner[t] = w;
    MAKER(t, attempt[t]) = w;
#ifdef HANDS
    if
    :: begun[t] = false /* one of several */
    :: begun[t] = true /* alone */
    fi;
#endif
    OUTCOME(t, attempt[t]) = open
}

#ifdef HANDS
/* attempt-begin.sql: the first that is done for a task that was tried before */
inline turn_to(t, a, w) {
#ifdef NO_BEGIN
    skip
#else
    if
    :: attempt[t] == a && MADE(t, a, w) && OUTCOME(t, a) == open -> begun[t] = true
    :: else
    fi
#endif
}
#endif

/* graph_rules.c: what a completion opens or ends. stage-run-count.sql, stage-run-complete.sql */
inline go_on(t) {
    if
    :: night == running && t < LAST ->
        counted++;
        if
#ifdef OPEN_EARLY
        :: state[LAST] == none ->
#else
        :: counted == FIRST ->
#endif
            assert(state[0] == done && state[FIRST - 1] == done && state[LAST] == none);
            state[LAST] = ready
        :: else
        fi
    :: night == running && t == LAST -> end_night(done)
    :: else
    fi
}

/* complete.c: task-done.sql, attempt-end.sql, and what follows, in one transaction */
inline finish(t, a, w, ok) {
    if
    :: MINE(t, a, w) ->
        assert(OUTCOME(t, a) == open); /* only who holds the lease of the present attempt completes */
        state[t] = done;
        completed[t]++;
        assert(completed[t] == 1);
        end_attempt(t, a, w, complete);
        ok = true;
        go_on(t)
#ifdef FORGET_COMMIT
    :: else -> ok = false; OUTCOME(t, a) = over /* what we completed, and did not hear of, is thrown away */
#else
    :: else -> ok = (OUTCOME(t, a) == complete && MAKER(t, a) == w) /* attempt-outcome.sql: it was us, and the answer was lost */
#endif
    fi;
    assert(state[t] != done || OUTCOME(t, attempt[t]) == complete) /* what is done was made by an attempt that counts */
}

/* claim.c: claim_failed, claim_give_back and the expiry, each in one transaction */
inline give_up(t, a, w, counts) {
    if
    :: MINE(t, a, w) && night == running && counts -> fail(t)
    :: MINE(t, a, w) && night == running && !counts -> state[t] = ready
    :: MINE(t, a, w) && night != running -> state[t] = cancelled /* task-cancel.sql */
    :: else
    fi;
    end_attempt(t, a, w, over)
}

inline take(n) {
    t = n;
    claim(t, w);
    a = attempt[t]
}

proctype worker(byte w) {
    byte t, a;
    bool ok;
end_idle:
    do
#ifdef MESSAGES
    /* The offset is committed after the claim: an order may come again. */
    :: atomic { order[0] && FREE(0) -> order[0] = false; take(0) } -> break
    :: atomic { order[0] && FREE(0) -> take(0) } -> break
    :: atomic { order[LAST] && FREE(LAST) -> order[LAST] = false; take(LAST) } -> break
    :: atomic { order[LAST] && FREE(LAST) -> take(LAST) } -> break
#endif
#ifndef NO_DIRECT
    :: atomic { FREE(0) -> take(0) } -> break
    :: atomic { FREE(FIRST - 1) -> take(FIRST - 1) } -> break
    :: atomic { FREE(LAST) -> take(LAST) } -> break
#endif
    od;
#ifdef HANDS
    if
    :: a == 1
    :: atomic { a > 1 -> turn_to(t, a, w) }
    :: atomic { a > 1 -> goto forget } /* killed before its turn */
    fi;
#endif
work:
    if
#ifdef HANDS
    :: atomic { MINE(t, a, w) && a > 1 -> deaths[t]++; assert(deaths[t] <= LIMIT + undone) } /* killed by it */
#endif
    :: skip /* killed, or the answer to the claim was lost: the lease will run out */
    :: atomic { true -> finish(t, a, w, ok) } ->
        if
        :: ok
        :: atomic { ok && unknown == 0 -> unknown++ } -> goto work /* the answer is lost: once more */
        :: atomic { !ok -> end_attempt(t, a, w, over) } /* discarded */
        fi
    :: atomic { true -> give_up(t, a, w, true) } /* the work failed */
    :: atomic { given < GIVEN && MINE(t, a, w) && night == running -> given++; give_up(t, a, w, false) }
    fi;
forget:
    atomic {
        t = 0;
        a = 0; /* what is forgotten makes no other state */
        ok = false;
        goto end_idle
    }
}

#ifndef NO_EXPIRY
/* Any worker, when it has nothing to do: claim_expire. */
active proctype expirer() {
    byte t;
end_idle:
    do
    :: atomic { state[0] == running -> t = 0; give_up(t, attempt[t], owner[t], LOST_COUNTS(t)); t = 0 }
    :: atomic { state[FIRST - 1] == running -> t = FIRST - 1; give_up(t, attempt[t], owner[t], LOST_COUNTS(t)); t = 0 }
    :: atomic { state[LAST] == running -> t = LAST; give_up(t, attempt[t], owner[t], LOST_COUNTS(t)); t = 0 }
    od
}
#endif

#ifdef MESSAGES
/*
 * outbox-due.sql, outbox-published.sql, outbox-redrive.sql: what is ready is sent, and perhaps again: the relay may be
 * killed before it marks what the broker has, and another takes over.
 */
active proctype relay() {
end_idle:
    do
    :: atomic { state[0] == ready && !order[0] -> order[0] = true }
    :: atomic { state[LAST] == ready && !order[LAST] -> order[LAST] = true }
    od
}

active proctype kafka() {
end_idle:
    do
    :: atomic { order[0] -> order[0] = false } /* lost */
    :: atomic { order[LAST] -> order[LAST] = false }
    od
}
#endif

/* A crash that undoes the newest claim: its worker works on, and the next claim has the same number. What is committed after
 * a claim, such as the end of the run, keeps it. */
active proctype postgres() {
end_idle:
    do
    :: atomic {
        undone == 0 && night == running && state[0] == running && OUTCOME(0, attempt[0]) == open ->
        undone++; OUTCOME(0, attempt[0]) = unborn; MAKER(0, attempt[0]) = 0; attempt[0]--; owner[0] = 0; state[0] = ready
       }
    od
}

active proctype user() {
    if
    :: atomic { night == running -> end_night(cancelled) }
    :: skip
    fi
}

init {
    byte n;
    atomic {
        for (n : 0 .. FIRST - 1) {
            state[n] = ready
        }
        state[LAST] = none;
        n = 0;
        run worker(1);
        run worker(2)
    }
}

#define ENDED(t) (state[t] != ready && state[t] != running)
ltl ends { <> (night != running && ENDED(0) && ENDED(FIRST - 1) && ENDED(LAST)) }
