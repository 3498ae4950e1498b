/* inbox: see inbox.h. A ring of slots, each with an arena for its record. */
#include "lib/flow/inbox.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/flow/hand.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

/* More come in spite of a pause only where a rebalance brings partitions: for those is the rest of the ring. */
enum { ENOUGH = 2 * HAND_MOST, SLOTS = 8 * HAND_MOST, POLL_MS = 100, PATIENCE_MS = 1000 };
/* At rest: so long nothing is fetched, then so long it is; librdkafka takes half a second to begin again. */
enum { REST_MS = 5000, LOOK_MS = 1200 };

struct slot {
    struct arena arena;
    struct bus_record record;
};

struct inbox {
    struct bus *bus;
    struct watch *watch;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t filled, taken; /* taken: or the rest is over */
    struct slot slots[SLOTS];
    size_t head, count; /* taken from head */
    bool any;           /* a record came */
    bool at_rest;
    struct err refusal; /* ERR_OK: none */
    atomic_bool stop;
};

/* With the lock held; may wake early. */
static void wait_on(struct inbox *inbox, pthread_cond_t *condition, int timeout_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += timeout_ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    pthread_cond_timedwait(condition, &inbox->lock, &until);
}

/* What comes to a full ring, in spite of the pause, is not acknowledged, and the ledger still has it. */
static void put(struct inbox *inbox, struct arena *arena, const struct bus_record *record)
{
    pthread_mutex_lock(&inbox->lock);
    if (inbox->count == SLOTS) {
        pthread_mutex_unlock(&inbox->lock);
        return;
    }
    struct slot *slot = &inbox->slots[(inbox->head + inbox->count) % SLOTS];
    struct arena used = slot->arena;
    slot->arena = *arena; /* the record's memory goes into the slot, the slot's old memory comes back for the next */
    slot->record = *record;
    *arena = used;
    inbox->count++;
    inbox->any = true;
    inbox->at_rest = false;
    pthread_cond_signal(&inbox->filled);
    pthread_mutex_unlock(&inbox->lock);
}

/* The broker's reason is kept; meanwhile the ledger carries the work. */
static void bear(struct inbox *inbox, const struct err *err)
{
    log_line(LOG_WARN, "%s; the ledger carries the work meanwhile", err->text);
    if (err->code == ERR_REFUSED) {
        pthread_mutex_lock(&inbox->lock);
        inbox->refusal = *err;
        pthread_mutex_unlock(&inbox->lock);
    }
    clock_sleep_ms(1000);
}

/* Whether there is room for more. Quick work makes some soon, and a pause is dear: what was fetched is thrown away. So
 * a while is waited before, not so long that the others of the group wait for us. Once paused, all is taken before
 * more. */
static bool wait_for_room(struct inbox *inbox, bool paused)
{
    int64_t begin = clock_mono_ns();
    size_t enough = paused ? 1 : ENOUGH;
    pthread_mutex_lock(&inbox->lock);
    while (inbox->count >= enough && !atomic_load(&inbox->stop) &&
           clock_seconds_since(begin) * 1000 < (paused ? POLL_MS : PATIENCE_MS))
        wait_on(inbox, &inbox->taken, POLL_MS);
    bool room = inbox->count < enough;
    pthread_mutex_unlock(&inbox->lock);
    return room;
}

static bool is_at_rest(struct inbox *inbox)
{
    pthread_mutex_lock(&inbox->lock);
    bool at_rest = inbox->at_rest;
    pthread_mutex_unlock(&inbox->lock);
    return at_rest;
}

/* For a while, or until the rest is over. */
static void rest(struct inbox *inbox)
{
    int64_t begin = clock_mono_ns();
    pthread_mutex_lock(&inbox->lock);
    while (inbox->at_rest && !atomic_load(&inbox->stop) && clock_seconds_since(begin) * 1000 < REST_MS)
        wait_on(inbox, &inbox->taken, REST_MS);
    pthread_mutex_unlock(&inbox->lock);
}

static void *poll_always(void *ptr)
{
    struct inbox *inbox = ptr;
    struct arena arena;
    bool paused = false;
    arena_init(&arena);
    while (!atomic_load(&inbox->stop)) {
        struct bus_record record;
        struct err err;
        watch_step(inbox->watch, "polling Kafka");
        bool got = false, room = wait_for_room(inbox, paused);
        bus_pause(inbox->bus, !room); /* again each time: other partitions may have come, or it may have failed */
        paused = !room;
        bool at_rest = is_at_rest(inbox);
        if (!bus_next(inbox->bus, &arena, paused ? 0 : at_rest ? LOOK_MS : POLL_MS, &record, &got, &err))
            bear(inbox, &err);
        if (got) {
            put(inbox, &arena, &record);
        } else if (at_rest) {
            bus_pause(inbox->bus, true);
            rest(inbox);
        }
        arena_clear(&arena);
    }
    watch_step(inbox->watch, NULL);
    arena_release(&arena);
    return NULL;
}

struct inbox *inbox_open(struct arena *arena, struct bus *bus, struct watch *watch)
{
    struct inbox *inbox = ARENA_NEW(arena, struct inbox);
    pthread_condattr_t monotonic;
    inbox->bus = bus;
    inbox->watch = watch;
    pthread_mutex_init(&inbox->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&inbox->filled, &monotonic);
    pthread_cond_init(&inbox->taken, &monotonic);
    pthread_condattr_destroy(&monotonic);
    for (int i = 0; i < SLOTS; i++)
        arena_init(&inbox->slots[i].arena);
    if (pthread_create(&inbox->thread, NULL, poll_always, inbox) != 0)
        arena_exhausted("the system refuses a thread");
    return inbox;
}

void inbox_rest(struct inbox *inbox, bool at_rest)
{
    pthread_mutex_lock(&inbox->lock);
    inbox->at_rest = at_rest;
    pthread_cond_signal(&inbox->taken);
    pthread_mutex_unlock(&inbox->lock);
}

void inbox_close(struct inbox *inbox)
{
    atomic_store(&inbox->stop, true);
    inbox_rest(inbox, false);
    pthread_join(inbox->thread, NULL);
    for (int i = 0; i < SLOTS; i++)
        arena_release(&inbox->slots[i].arena);
    pthread_cond_destroy(&inbox->filled);
    pthread_cond_destroy(&inbox->taken);
    pthread_mutex_destroy(&inbox->lock);
}

bool inbox_take(struct inbox *inbox, struct arena *arena, int timeout_ms, struct bus_record *record)
{
    int64_t begin = clock_mono_ns();
    pthread_mutex_lock(&inbox->lock);
    while (inbox->count == 0 && clock_seconds_since(begin) * 1000 < timeout_ms)
        wait_on(inbox, &inbox->filled, timeout_ms - (int)(clock_seconds_since(begin) * 1000));
    bool got = inbox->count > 0;
    if (got) {
        struct slot *slot = &inbox->slots[inbox->head];
        *record = slot->record;
        record->topic = arena_strdup(arena, slot->record.topic);
        record->payload = arena_copy(arena, slot->record.payload, slot->record.len);
        arena_clear(&slot->arena);
        inbox->head = (inbox->head + 1) % SLOTS;
        inbox->count--;
        pthread_cond_signal(&inbox->taken);
    }
    pthread_mutex_unlock(&inbox->lock);
    return got;
}

bool inbox_refused(struct inbox *inbox, struct err *err)
{
    pthread_mutex_lock(&inbox->lock);
    bool refused = inbox->refusal.code != ERR_OK && !inbox->any;
    if (refused)
        *err = inbox->refusal;
    pthread_mutex_unlock(&inbox->lock);
    return refused;
}
