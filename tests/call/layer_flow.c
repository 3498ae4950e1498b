/*
 * layers of flow: messages sent and received, the relay, topics, the embedded broker itself. Kafka is $CALL_KAFKA, the
 * topic $CALL_TOPIC, the database $CALL_LEDGER.
 *
 * What is said to be in Kafka is written to the file `sent` ("KEY PARTITION OFFSET"): tests/call/run looks for it
 * there.
 */
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/uuid.h"
#include "lib/flow/broker.h"
#include "lib/flow/inbox.h"
#include "lib/flow/port.h"
#include "lib/flow/relay.h"
#include "lib/flow/topics.h"
#include "lib/ledger/ledger.h"
#include "tests/call/layer.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Few are enough to be sent; an inbox is filled only by many. */
enum { FEW = 10, MANY = 150, ACKNOWLEDGED = 70, PATIENCE_S = 20 };

struct batch {
    struct bus_message *message;
    size_t count;
};

static const char content[] = "what the tide brings, the mill grinds";

static const struct pairs *kafka(struct arena *arena)
{
    struct pairs *pairs = ARENA_NEW(arena, struct pairs);
    const struct pair given[] = {{"bootstrap.servers", getenv("CALL_KAFKA")},
                                 {"session.timeout.ms", "6000"},
                                 {"heartbeat.interval.ms", "500"},
                                 {"fetch.wait.max.ms", "20"}};
    pairs->count = sizeof given / sizeof *given;
    pairs->item = arena_copy(arena, given, sizeof given);
    return pairs;
}

/* Messages whose keys are this run's own. */
static struct batch batch_new(struct arena *arena, size_t count)
{
    char own[UUID_TEXT];
    struct batch batch = {ARENA_ARRAY(arena, struct bus_message, count), count};
    uuid_new(own);
    for (size_t i = 0; i < count; i++) {
        const char *key = arena_printf(arena, "%s/%zu", own, i);
        batch.message[i] = (struct bus_message){.topic = getenv("CALL_TOPIC"), .key = key, .payload = key};
    }
    return batch;
}

static bool note_sent(struct arena *arena, const char *folder, const struct batch *batch, struct err *err)
{
    struct buf text;
    buf_init(&text, arena);
    for (size_t i = 0; i < batch->count; i++)
        if (batch->message[i].sent)
            buf_printf(&text, "%s %d %lld\n", batch->message[i].key, (int)batch->message[i].partition,
                       (long long)batch->message[i].offset);
    return file_write(path_join(arena, folder, "sent"), text.data, text.len, err);
}

/* What was not sent yet, once more. */
static bool send_rest(struct bus *bus, struct arena *arena, struct batch *batch, struct err *err)
{
    size_t count = 0, *places = ARENA_ARRAY(arena, size_t, batch->count);
    struct bus_message *rest = ARENA_ARRAY(arena, struct bus_message, batch->count);
    for (size_t i = 0; i < batch->count; i++)
        if (!batch->message[i].sent) {
            places[count] = i;
            rest[count++] = batch->message[i];
        }
    if (count > 0 && !bus_send(bus, rest, count, 5000, err))
        return false;
    for (size_t i = 0; i < count; i++)
        batch->message[places[i]] = rest[i];
    return true;
}

/* What was not sent is sent again, as the relay does; a call that sends nothing says so. */
static bool send_all(struct bus *bus, struct arena *arena, const char *folder, struct batch *batch, struct err *err)
{
    for (int round = 0; round < 3; round++)
        if (!send_rest(bus, arena, batch, err))
            return false;
    for (size_t i = 0; i < batch->count; i++)
        if (!batch->message[i].sent)
            return err_set(err, ERR_INTERNAL, "Kafka: some messages are never sent, and nothing is said");
    return note_sent(arena, folder, batch, err);
}

static bool work_send(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct bus *bus;
    int brokers = 0;
    const char *topic = getenv("CALL_TOPIC");
    const struct texts topics = {&topic, 1};
    struct batch first = batch_new(arena, FEW), second = batch_new(arena, FEW);
    if (!bus_open(&bus, arena, kafka(arena), "call", err) || !bus_answers(bus, 5000, &brokers, err) ||
        !send_all(bus, arena, folder, &first, err) || !send_all(bus, arena, folder, &second, err) ||
        !bus_sees(bus, &topics, 5000, err))
        return false;
    digest_add(made, &brokers, sizeof brokers);
    return true;
}

/* Counts a message that came for the first time; another run's are passed over. */
static bool is_new(const struct batch *batch, const struct bus_record *record, bool *seen)
{
    for (size_t i = 0; i < batch->count; i++) {
        const char *payload = batch->message[i].payload;
        if (record->len != strlen(payload) || memcmp(record->payload, payload, record->len) != 0 || seen[i])
            continue;
        seen[i] = true;
        return true;
    }
    return false;
}

/* All come through an inbox that is full for a while; what comes first is acknowledged. */
static bool take_all(struct arena *arena, struct bus *bus, const struct batch *batch, struct bus_record *acknowledged,
                     struct err *err)
{
    size_t count = 0;
    bool *seen = ARENA_ARRAY(arena, bool, batch->count);
    struct watch watch = {0};
    struct inbox *inbox = inbox_open(arena, bus, &watch);
    for (int64_t begin = clock_mono_ns(); count < batch->count && clock_seconds_since(begin) < PATIENCE_S;) {
        struct bus_record record;
        if (!inbox_take(inbox, arena, 200, &record) || !is_new(batch, &record, seen))
            continue;
        if (count < ACKNOWLEDGED)
            acknowledged[count] = record;
        if (++count == 1)
            clock_sleep_ms(1500); /* it is long full */
        if (count == ACKNOWLEDGED)
            bus_ack(bus, acknowledged, ACKNOWLEDGED);
    }
    inbox_close(inbox);
    return count == batch->count || err_set(err, ERR_INTERNAL, "only %zu of %zu messages came", count, batch->count);
}

/* What was not acknowledged stands in the file `waiting`: "GROUP PARTITION OFFSET". */
static bool note_waiting(struct arena *arena, const char *folder, const struct batch *batch,
                         const struct bus_record *acknowledged, struct err *err)
{
    struct buf text;
    bool *done = ARENA_ARRAY(arena, bool, batch->count);
    buf_init(&text, arena);
    for (int i = 0; i < ACKNOWLEDGED; i++)
        is_new(batch, &acknowledged[i], done);
    for (size_t i = 0; i < batch->count; i++)
        if (!done[i])
            buf_printf(&text, "%s %d %lld\n", batch->message[0].key, (int)batch->message[i].partition,
                       (long long)batch->message[i].offset);
    return file_write(path_join(arena, folder, "waiting"), text.data, text.len, err);
}

static bool work_receive(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct bus *sender, *bus;
    struct batch batch = batch_new(arena, MANY);
    struct bus_record acknowledged[ACKNOWLEDGED];
    test_begins();
    bool good = bus_open(&sender, arena, kafka(arena), "call", err) && send_all(sender, arena, folder, &batch, err);
    test_ends();
    good = good && bus_open(&bus, arena, kafka(arena), "call", err) &&
           bus_listen(bus, getenv("CALL_TOPIC"), batch.message[0].key, err) &&
           take_all(arena, bus, &batch, acknowledged, err);
    digest_add(made, content, sizeof content);
    return good && note_waiting(arena, folder, &batch, acknowledged, err);
}

static bool all_published(struct ledger *ledger, struct arena *arena, struct err *err)
{
    struct rows rows;
    for (int64_t begin = clock_mono_ns(); clock_seconds_since(begin) < PATIENCE_S; clock_sleep_ms(10)) {
        if (!ledger_sql(ledger, arena, "SELECT count(*) FROM ledger.outbox WHERE published IS NULL", &rows, err))
            return false;
        if (row_int(&rows, 0, 0) == 0)
            return true;
    }
    return err_set(err, ERR_INTERNAL, "the relay of the ledger sends no more");
}

static bool publish(struct arena *arena, const char *folder, struct err *err)
{
    struct ledger *ledger = ledger_open(arena, getenv("CALL_LEDGER"), folder, err);
    for (int round = 0; ledger != NULL && round < 2; round++) {
        const struct batch batch = batch_new(arena, FEW);
        for (size_t i = 0; i < batch.count; i++) {
            const char *add =
                arena_printf(arena, "INSERT INTO ledger.outbox (topic, key, payload) VALUES ('%s', '%s', '%s')",
                             batch.message[i].topic, batch.message[i].key, batch.message[i].payload);
            if (!ledger_sql(ledger, arena, add, NULL, err))
                return false;
        }
        if (!ledger_sql(ledger, arena, "NOTIFY outbox", NULL, err) || !all_published(ledger, arena, err))
            return false;
    }
    return ledger != NULL;
}

static bool work_relay(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    pthread_t thread;
    struct watch watch = {0};
    struct relay relay = {.conninfo = getenv("CALL_LEDGER"),
                          .properties = kafka(arena),
                          .client = "call/relay",
                          .lease_ms = 60000,
                          .watch = &watch};
    if (pthread_create(&thread, NULL, relay_run, &relay) != 0)
        return err_set(err, ERR_SERVICE, "Kafka: no thread");
    test_begins();
    bool good = publish(arena, folder, err);
    atomic_store(&relay.stop, true);
    pthread_join(thread, NULL);
    digest_add(made, content, sizeof content);
    return good;
}

static bool work_topics(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct bus *bus;
    const struct site site = {.topic_prefix = "made", .partitions = 2};
    (void)folder;
    if (!bus_open(&bus, arena, kafka(arena), "call", err) || !topics_make(&site, arena, bus, err))
        return false;
    digest_add(made, content, sizeof content);
    return true;
}

/* Ends the broker as soon as it serves. */
static void *end_broker(void *ready)
{
    int64_t begin = clock_mono_ns();
    while (!file_exists(ready) && clock_seconds_since(begin) < PATIENCE_S)
        clock_sleep_ms(5);
    kill(getpid(), SIGTERM);
    return NULL;
}

static bool work_broker(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    pthread_t thread;
    sigset_t ends;
    const char *names[] = {"one", "two"};
    const struct texts topics = {names, 2};
    char *ready = path_join(arena, folder, "ready");
    int port = port_choose();
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    if (pthread_create(&thread, NULL, end_broker, ready) != 0)
        return err_set(err, ERR_SERVICE, "Kafka: no thread");
    bool good = broker_serve(port, &topics, 2, ready, err);
    if (!good)
        pthread_cancel(thread);
    pthread_join(thread, NULL);
    digest_add(made, content, sizeof content);
    return good;
}

const struct layer flow_layers[] = {{"send", work_send},     {"receive", work_receive}, {"relay", work_relay},
                                    {"topics", work_topics}, {"broker", work_broker},   {NULL, NULL}};
