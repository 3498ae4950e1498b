/* relay: see relay.h. What fails is tried again; it never ends the process. */
#include "lib/flow/relay.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/flow/bus.h"
#include "lib/ledger/ledger.h"

enum {
    BATCH = 500,
    IDLE_MS = 250,
    TRY_MS = 1000,
    SEND_MS = 5000,
    LOST_AFTER_MS = 30000,
    TIDY_SECONDS = 5,
    FORGET_SECONDS = 600,
    DELAY_MOST_MS = 120000
};

/* Messages of one round, as they were taken from the outbox. */
static bool take_due(struct ledger *ledger, struct arena *arena, struct bus_message **messages, size_t *count,
                     struct err *err)
{
    struct rows rows;
    if (!ledger_exec(ledger, arena, STATEMENT_OUTBOX_DUE, PARAMS(param_int(arena, BATCH)), &rows, err))
        return false;
    *count = (size_t)rows.count;
    *messages = ARENA_ARRAY(arena, struct bus_message, *count);
    for (int i = 0; i < rows.count; i++)
        (*messages)[i] = (struct bus_message){.tag = row_int(&rows, i, 0),
                                              .topic = row_text(&rows, i, 1),
                                              .key = row_text(&rows, i, 2),
                                              .payload = row_text(&rows, i, 3)};
    return true;
}

static bool mark_sent(struct ledger *ledger, struct arena *arena, const struct bus_message *messages, size_t count,
                      struct err *err)
{
    int64_t *ids = ARENA_ARRAY(arena, int64_t, count), *partitions = ARENA_ARRAY(arena, int64_t, count);
    int64_t *offsets = ARENA_ARRAY(arena, int64_t, count);
    size_t sent = 0;
    for (size_t i = 0; i < count; i++) {
        if (!messages[i].sent)
            continue;
        ids[sent] = messages[i].tag;
        partitions[sent] = messages[i].partition;
        offsets[sent++] = messages[i].offset;
    }
    return ledger_exec(
        ledger, arena, STATEMENT_OUTBOX_PUBLISHED,
        PARAMS(param_ints(arena, ids, sent), param_ints(arena, partitions, sent), param_ints(arena, offsets, sent)),
        NULL, err);
}

/* When the relay last did what it does only now and then. */
struct rounds {
    int64_t again, tidied, forgot;
};

static bool tidy(const struct relay *relay, struct ledger *ledger, struct arena *arena, struct err *err)
{
    return ledger_exec(ledger, arena, STATEMENT_TASK_DUE_AGAIN, PARAMS(param_int(arena, DELAY_MOST_MS)), NULL, err) &&
           ledger_exec(ledger, arena, STATEMENT_TASK_LEASE_CUT, PARAMS(param_int(arena, relay->lease_ms)), NULL, err) &&
           ledger_exec(ledger, arena, STATEMENT_OUTBOX_REDRIVE, PARAMS(param_int(arena, LOST_AFTER_MS)), NULL, err);
}

/* What only time brings: tasks that wait to be tried again, and now and then what was lost. */
static bool look_round(const struct relay *relay, struct ledger *ledger, struct arena *arena, struct rounds *rounds,
                       struct err *err)
{
    if (clock_seconds_since(rounds->again) * 1000 > IDLE_MS) {
        rounds->again = clock_mono_ns();
        if (!ledger_exec(ledger, arena, STATEMENT_OUTBOX_AGAIN, NO_PARAMS, NULL, err))
            return false;
    }
    if (clock_seconds_since(rounds->tidied) > TIDY_SECONDS) {
        rounds->tidied = clock_mono_ns();
        if (!tidy(relay, ledger, arena, err))
            return false;
    }
    if (clock_seconds_since(rounds->forgot) > FORGET_SECONDS) {
        rounds->forgot = clock_mono_ns();
        return ledger_exec(ledger, arena, STATEMENT_OUTBOX_FORGET, NO_PARAMS, NULL, err);
    }
    return true;
}

static bool send_due(struct relay *relay, struct ledger *ledger, struct bus *bus, struct arena *arena,
                     struct bus_message *messages, size_t count, struct err *err)
{
    watch_step(relay->watch, "sending messages, as the relay");
    bool good = bus_send(bus, messages, count, SEND_MS, err);
    relay->any = relay->any || good;
    watch_step(relay->watch, "recording what was sent, as the relay");
    return good && mark_sent(ledger, arena, messages, count, err);
}

/* As long as we hold the lock, which is as long as the connection lasts. */
static bool carry(struct relay *relay, struct ledger *ledger, struct bus *bus, struct err *err)
{
    struct arena arena;
    bool good = true;
    struct rounds rounds = {0, 0, 0};
    arena_init(&arena);
    while (good && !atomic_load(&relay->stop)) {
        struct bus_message *messages;
        size_t count = 0;
        arena_clear(&arena);
        watch_step(relay->watch, "looking for what is due, as the relay");
        good = look_round(relay, ledger, &arena, &rounds, err) && take_due(ledger, &arena, &messages, &count, err);
        if (good && count > 0)
            good = send_due(relay, ledger, bus, &arena, messages, count, err);
        if (good && count < BATCH) {
            watch_step(relay->watch, "waiting for what is due, as the relay");
            good = ledger_wait(ledger, IDLE_MS, err);
        }
    }
    arena_release(&arena);
    return good;
}

static bool try_lock(struct ledger *ledger, struct arena *arena, bool *held, struct err *err)
{
    struct rows rows;
    *held = false;
    if (!ledger_exec(ledger, arena, STATEMENT_RELAY_LOCK, NO_PARAMS, &rows, err))
        return false;
    *held = row_bool(&rows, 0, 0);
    return !*held || ledger_exec(ledger, arena, STATEMENT_LISTEN_OUTBOX, NO_PARAMS, NULL, err);
}

static bool serve(struct relay *relay, struct arena *arena, struct err *err)
{
    struct bus *bus;
    bool held = false;
    watch_step(relay->watch, "opening the ledger, as the relay");
    struct ledger *ledger = ledger_open(arena, relay->conninfo, relay->client, err);
    if (ledger == NULL || !bus_open(&bus, arena, relay->properties, relay->client, err))
        return false;
    watch_ledger(relay->watch, ledger);
    for (;;) {
        watch_step(relay->watch, "asking whether to be the relay");
        if (atomic_load(&relay->stop))
            return true;
        if (!try_lock(ledger, arena, &held, err))
            return false;
        if (held)
            return carry(relay, ledger, bus, err);
        clock_sleep_ms(TRY_MS);
    }
}

void *relay_run(void *ptr)
{
    struct relay *relay = ptr;
    while (!atomic_load(&relay->stop)) {
        struct arena arena;
        struct err err;
        arena_init(&arena);
        if (!serve(relay, &arena, &err)) {
            log_line(LOG_WARN, "relay: %s; trying again, the ledger carries the work meanwhile", err.text);
            if (err.code == ERR_REFUSED && !relay->any && !atomic_load(&relay->refused)) {
                relay->refusal = err;
                atomic_store(&relay->refused, true);
            }
            watch_step(relay->watch, "waiting to try again, as the relay");
            clock_sleep_ms(TRY_MS);
        }
        watch_ledger(relay->watch, NULL);
        watch_step(relay->watch, "closing its connections, as the relay");
        arena_release(&arena);
    }
    watch_step(relay->watch, NULL);
    return NULL;
}
