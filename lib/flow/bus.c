/*
 * bus: see bus.h. The producer and the consumer are two librdkafka instances, each made when it is first needed.
 *
 * Why these properties stands in docs/design.md: the work is fenced by the ledger, so offsets are committed by hand
 * after a claim, and eager assignors are used (the cooperative one has bugs in librdkafka before 2.10).
 */
#include "lib/flow/bus.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/flow/order.h"
#include "lib/flow/refusal.h"

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OTHER_LIBRARY "; docs/operations.md, Logins, says which librdkafka can"

struct bus {
    struct arena *arena;
    const struct pairs *properties;
    const char *client;
    rd_kafka_t *producer, *consumer;
    bool paused;
    pthread_mutex_t lock; /* of what follows, which callbacks write */
    char trouble[512];
    char no_token[512]; /* why there was none, until something goes well */
};

static const struct pair producer_defaults[] = {
    {"enable.idempotence", "true"},
    {"acks", "all"},
    {"linger.ms", "5"},
    {"compression.codec", "zstd"},
    {"delivery.timeout.ms", "120000"},
    {"queue.buffering.max.kbytes", "65536"},
    {"message.max.bytes", "1000000"},
    {NULL, NULL},
};

static const struct pair consumer_defaults[] = {
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"auto.offset.reset", "earliest"},
    {"partition.assignment.strategy", "range,roundrobin"},
    {"session.timeout.ms", "15000"},
    {"heartbeat.interval.ms", "3000"},
    {"max.poll.interval.ms", "300000"},
    {"fetch.wait.max.ms", "100"},
    {"queued.min.messages", "1000"},
    {"fetch.queue.backoff.ms", "10"}, /* else quick tasks wait a second whenever so many are queued */
    {"queued.max.messages.kbytes", "4096"},
    {"fetch.message.max.bytes", "1048576"},
    {"isolation.level", "read_committed"},
    {"check.crcs", "true"},
    {NULL, NULL},
};

static const struct pair common_defaults[] = {
    {"socket.keepalive.enable", "true"},
    {"reconnect.backoff.max.ms", "10000"},
    {"topic.metadata.propagation.max.ms", "30000"},
    {"allow.auto.create.topics", "false"},
    {"log_level", "3"},
    {NULL, NULL},
};

/* The first line, without what librdkafka adds about time and repetitions. */
static void keep(char kept[512], const char *text)
{
    size_t len = strcspn(text, "\n");
    const char *added = strstr(text, " (after ");
    if (added != NULL && (size_t)(added - text) < len)
        len = (size_t)(added - text);
    if (len > 0 && text[len - 1] == '.')
        len--;
    if (len >= 512)
        len = 511;
    memcpy(kept, text, len);
    kept[len] = '\0';
}

/* A token that ends while no new one is to be had is tried all the same, and refused: why there is none is the reason.
 */
static void remember_trouble(struct bus *bus, const char *text)
{
    pthread_mutex_lock(&bus->lock);
    if (text_starts(text, "Failed to acquire SASL OAUTHBEARER token"))
        keep(bus->no_token, text);
    bool consequence = *bus->no_token != '\0' && strstr(text, "invalid_token") != NULL;
    keep(bus->trouble, consequence ? bus->no_token : text);
    pthread_mutex_unlock(&bus->lock);
}

static void went_well(struct bus *bus)
{
    pthread_mutex_lock(&bus->lock);
    *bus->no_token = '\0';
    pthread_mutex_unlock(&bus->lock);
}

static void on_log(const rd_kafka_t *kafka, int level, const char *facility, const char *text)
{
    (void)kafka, (void)level, (void)facility;
    log_line(LOG_DEBUG, "Kafka: %s", text);
}

/* That all brokers are down is what follows from the reasons heard before, and would hide them. */
static void on_error(rd_kafka_t *kafka, int code, const char *reason, void *opaque)
{
    (void)kafka;
    if (code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        remember_trouble(opaque, reason);
    log_line(LOG_DEBUG, "Kafka: %s", reason);
}

static void remember_denial(struct bus *bus, const char *what, rd_kafka_resp_err_t code)
{
    char text[512];
    snprintf(text, sizeof text, "%s: %s", what, rd_kafka_err2str(code));
    remember_trouble(bus, text);
}

static void on_delivery(rd_kafka_t *kafka, const rd_kafka_message_t *report, void *opaque)
{
    (void)kafka;
    struct bus_message *message = report->_private;
    if (report->err != RD_KAFKA_RESP_ERR_NO_ERROR && report->err != RD_KAFKA_RESP_ERR__PURGE_QUEUE &&
        report->err != RD_KAFKA_RESP_ERR__PURGE_INFLIGHT)
        remember_denial(opaque, rd_kafka_topic_name(report->rkt), report->err);
    if (report->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        went_well(opaque);
    if (message == NULL)
        return;
    message->sent = report->err == RD_KAFKA_RESP_ERR_NO_ERROR;
    message->partition = report->partition;
    message->offset = report->offset;
}

static bool set_property(rd_kafka_conf_t *conf, const char *key, const char *value, bool ours, struct err *err)
{
    char text[512];
    if (rd_kafka_conf_set(conf, key, value, text, sizeof text) == RD_KAFKA_CONF_OK || ours)
        return true;
    /* The value may be a secret: not shown. */
    return err_set(err, ERR_DEFINITION, "site.kafka.%s: %s%s", key, text,
                   strstr(text, "not supported in this build") != NULL ? OTHER_LIBRARY : "");
}

static bool set_all(rd_kafka_conf_t *conf, const struct pair *pairs, struct err *err)
{
    for (; pairs->key != NULL; pairs++)
        if (!set_property(conf, pairs->key, pairs->value, true, err))
            return false;
    return true;
}

static rd_kafka_t *create(struct bus *bus, rd_kafka_type_t type, const char *group, struct err *err)
{
    char text[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    bool good = set_all(conf, common_defaults, err) &&
                set_all(conf, type == RD_KAFKA_PRODUCER ? producer_defaults : consumer_defaults, err) &&
                set_property(conf, "client.id", bus->client, true, err) &&
                (group == NULL || set_property(conf, "group.id", group, true, err));
    for (size_t i = 0; good && i < bus->properties->count; i++)
        good = set_property(conf, bus->properties->item[i].key, bus->properties->item[i].value, false, err);
    rd_kafka_conf_set_opaque(conf, bus);
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_t *kafka = good ? rd_kafka_new(type, conf, text, sizeof text) : NULL;
    if (kafka == NULL) {
        if (good)
            err_set(err, ERR_SERVICE, "Kafka: %s%s", text,
                    strstr(text, "No provider for SASL") != NULL ? OTHER_LIBRARY : "");
        rd_kafka_conf_destroy(conf);
    }
    return kafka;
}

/* With what was heard last, and what to do about it where that is known. ERR_REFUSED where it does not pass by itself.
 */
static bool refuse(struct bus *bus, struct err *err, const char *what)
{
    char heard[sizeof bus->trouble];
    pthread_mutex_lock(&bus->lock);
    memcpy(heard, bus->trouble, sizeof heard);
    pthread_mutex_unlock(&bus->lock);
    struct refusal refusal = refusal_of(bus->arena, bus->properties, heard);
    if (refusal.advice != NULL)
        return err_set(err, refusal.passes ? ERR_SERVICE : ERR_REFUSED, "Kafka: %s: %s; %s", what, heard,
                       refusal.advice);
    return err_set(err, ERR_SERVICE, "Kafka: %s%s%s", what, *heard == '\0' ? "" : "; last heard: ", heard);
}

static void drop_producer(struct bus *bus)
{
    if (bus->producer == NULL)
        return;
    rd_kafka_purge(bus->producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(bus->producer, 1000); /* serves the reports of what was purged: their messages are ours */
    rd_kafka_destroy(bus->producer);
    bus->producer = NULL;
}

/* Leaves the group. False: no broker answers, and librdkafka goes on waiting for one. */
static bool leave_group(rd_kafka_t *consumer)
{
    enum { LEAVE_MS = 6000, POLL_MS = 100 }; /* librdkafka gives the leave itself 5 seconds */
    rd_kafka_queue_t *queue = rd_kafka_queue_new(consumer);
    rd_kafka_error_t *error = rd_kafka_consumer_close_queue(consumer, queue);
    bool left = error != NULL; /* there is nothing to leave */
    if (error != NULL)
        rd_kafka_error_destroy(error);
    for (int64_t begin = clock_mono_ns();
         !left && !(left = rd_kafka_consumer_closed(consumer)) && clock_seconds_since(begin) * 1000 < LEAVE_MS;) {
        rd_kafka_event_t *event = rd_kafka_queue_poll(queue, POLL_MS);
        if (event != NULL)
            rd_kafka_event_destroy(event);
    }
    rd_kafka_queue_destroy(queue);
    return left;
}

/* With an acknowledgement that is not answered rd_kafka_destroy() waits, too, and so it does with
 * RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE: measured with 2.0.2, a minute where the broker is stopped (socket.timeout.ms,
 * for each attempt), session.timeout.ms where it is dead. Who closes a consumer ends soon: this one then ends with the
 * process. Nobody polls it, so it calls nothing of the bus. */
static void drop_consumer(struct bus *bus)
{
    if (bus->consumer == NULL)
        return;
    if (leave_group(bus->consumer))
        rd_kafka_destroy(bus->consumer);
    else
        log_line(LOG_DEBUG, "Kafka: the group could not be left in time");
    bus->consumer = NULL;
}

static void close_bus(void *ptr)
{
    struct bus *bus = ptr;
    drop_producer(bus);
    drop_consumer(bus);
    pthread_mutex_destroy(&bus->lock);
}

bool bus_open(struct bus **opened, struct arena *arena, const struct pairs *properties, const char *client,
              struct err *err)
{
    struct bus *bus = ARENA_NEW(arena, struct bus);
    bus->arena = arena;
    bus->properties = properties;
    bus->client = client;
    if (pairs_get(properties, "bootstrap.servers") == NULL)
        return err_set(err, ERR_SERVICE, "Kafka: no bootstrap.servers");
    pthread_mutex_init(&bus->lock, NULL);
    arena_defer(arena, close_bus, bus);
    *opened = bus;
    return true;
}

static bool need_producer(struct bus *bus, struct err *err)
{
    char text[256];
    if (bus->producer != NULL && rd_kafka_fatal_error(bus->producer, text, sizeof text) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        log_line(LOG_WARN, "Kafka: the producer is made anew after: %s", text);
        drop_producer(bus);
    }
    if (bus->producer == NULL)
        bus->producer = create(bus, RD_KAFKA_PRODUCER, NULL, err);
    return bus->producer != NULL;
}

/* One attempt to hand a message to librdkafka, which copies it. */
static rd_kafka_resp_err_t produce(struct bus *bus, struct bus_message *message)
{
    const rd_kafka_vu_t parts[] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = message->topic},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {(void *)(uintptr_t)message->key, strlen(message->key)}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {(void *)(uintptr_t)message->payload, strlen(message->payload)}},
        {.vtype = RD_KAFKA_VTYPE_HEADER, .u.header = {"content-type", ORDER_CONTENT_TYPE, -1}},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = message},
    };
    rd_kafka_error_t *error = rd_kafka_produceva(bus->producer, parts, sizeof parts / sizeof *parts);
    rd_kafka_resp_err_t code = error == NULL ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_error_code(error);
    if (error != NULL)
        rd_kafka_error_destroy(error);
    return code;
}

static int time_left(int64_t begin, int timeout_ms)
{
    double spent_ms = clock_seconds_since(begin) * 1000;
    return spent_ms < timeout_ms ? timeout_ms - (int)spent_ms : 0;
}

static void enqueue(struct bus *bus, struct bus_message *message, int64_t begin, int timeout_ms)
{
    rd_kafka_resp_err_t code;
    message->sent = false;
    while ((code = produce(bus, message)) == RD_KAFKA_RESP_ERR__QUEUE_FULL && time_left(begin, timeout_ms) > 0)
        rd_kafka_poll(bus->producer, 50);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        remember_trouble(bus, rd_kafka_err2str(code));
}

bool bus_send(struct bus *bus, struct bus_message *messages, size_t count, int timeout_ms, struct err *err)
{
    size_t sent = 0;
    int64_t begin = clock_mono_ns();
    if (!need_producer(bus, err))
        return false;
    for (size_t i = 0; i < count; i++)
        enqueue(bus, &messages[i], begin, timeout_ms);
    if (rd_kafka_flush(bus->producer, time_left(begin, timeout_ms)) != RD_KAFKA_RESP_ERR_NO_ERROR)
        drop_producer(bus); /* no report may come after the messages are gone */
    for (size_t i = 0; i < count; i++)
        sent += messages[i].sent;
    return sent > 0 || count == 0 || refuse(bus, err, "nothing could be sent");
}

bool bus_listen(struct bus *bus, const char *topic, const char *group, struct err *err)
{
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    bus->consumer = create(bus, RD_KAFKA_CONSUMER, group, err);
    bool good = bus->consumer != NULL;
    if (good) {
        rd_kafka_poll_set_consumer(bus->consumer);
        rd_kafka_topic_partition_list_add(topics, topic, RD_KAFKA_PARTITION_UA);
        good = rd_kafka_subscribe(bus->consumer, topics) == RD_KAFKA_RESP_ERR_NO_ERROR ||
               refuse(bus, err, "cannot subscribe");
    }
    rd_kafka_topic_partition_list_destroy(topics);
    return good;
}

bool bus_next(struct bus *bus, struct arena *arena, int timeout_ms, struct bus_record *record, bool *got,
              struct err *err)
{
    *got = false;
    rd_kafka_message_t *message = rd_kafka_consumer_poll(bus->consumer, timeout_ms);
    if (message == NULL)
        return true;
    bool good = true;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        *record = (struct bus_record){
            .topic = arena_strdup(arena, rd_kafka_topic_name(message->rkt)),
            .partition = message->partition,
            .offset = message->offset,
            .payload = arena_copy(arena, message->payload, message->len),
            .len = message->len,
        };
        *got = true;
    } else if (message->err == RD_KAFKA_RESP_ERR__FATAL ||
               message->err == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ||
               message->err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
        remember_trouble(bus, rd_kafka_message_errstr(message));
        good = refuse(bus, err, "orders cannot be read");
    } else {
        remember_trouble(bus,
                         rd_kafka_message_errstr(message)); /* it heals by itself, or the ledger carries the work */
    }
    rd_kafka_message_destroy(message);
    return good;
}

void bus_pause(struct bus *bus, bool pause)
{
    rd_kafka_topic_partition_list_t *assigned = NULL;
    if (!pause && !bus->paused)
        return;
    bus->paused = true; /* some may be, until all are told to go on */
    if (rd_kafka_assignment(bus->consumer, &assigned) == RD_KAFKA_RESP_ERR_NO_ERROR && assigned != NULL) {
        rd_kafka_resp_err_t code = pause ? rd_kafka_pause_partitions(bus->consumer, assigned)
                                         : rd_kafka_resume_partitions(bus->consumer, assigned);
        bus->paused = pause || code != RD_KAFKA_RESP_ERR_NO_ERROR;
        rd_kafka_topic_partition_list_destroy(assigned);
    }
}

void bus_ack(struct bus *bus, const struct bus_record *records, size_t count)
{
    rd_kafka_topic_partition_list_t *offsets = rd_kafka_topic_partition_list_new((int)count);
    for (size_t i = 0; i < count; i++) {
        rd_kafka_topic_partition_t *next =
            rd_kafka_topic_partition_list_find(offsets, records[i].topic, records[i].partition);
        if (next == NULL)
            next = rd_kafka_topic_partition_list_add(offsets, records[i].topic, records[i].partition);
        if (next->offset <= records[i].offset) /* a new one's is RD_KAFKA_OFFSET_INVALID, less than all */
            next->offset = records[i].offset + 1;
    }
    rd_kafka_resp_err_t code = rd_kafka_commit(bus->consumer, offsets, 1);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        remember_trouble(bus, rd_kafka_err2str(code));
    rd_kafka_topic_partition_list_destroy(offsets);
}

/* Until a broker answers or the time is over. A refusal ends it early, unless another broker takes us meanwhile. */
static const struct rd_kafka_metadata *ask(struct bus *bus, int timeout_ms, struct err *err)
{
    enum { TRY_MS = 1000, REFUSED_MS = 2000 };
    struct err why = {ERR_OK, ""};
    const struct rd_kafka_metadata *metadata = NULL;
    for (int64_t begin = clock_mono_ns();;) {
        int64_t left = timeout_ms - (int64_t)(clock_seconds_since(begin) * 1000);
        if (left <= 0 || (timeout_ms - left > REFUSED_MS && why.code == ERR_REFUSED))
            break;
        if (rd_kafka_metadata(bus->producer, 0, NULL, &metadata, left < TRY_MS ? (int)left : TRY_MS) ==
            RD_KAFKA_RESP_ERR_NO_ERROR)
            return metadata;
        rd_kafka_poll(bus->producer, 0); /* what was heard meanwhile */
        refuse(bus, &why, "no broker answers");
    }
    refuse(bus, err, "no broker answers");
    return NULL;
}

bool bus_answers(struct bus *bus, int timeout_ms, int *brokers, struct err *err)
{
    if (!need_producer(bus, err))
        return false;
    const struct rd_kafka_metadata *metadata = ask(bus, timeout_ms, err);
    if (metadata == NULL)
        return false;
    int count = metadata->broker_cnt;
    if (brokers != NULL)
        *brokers = count;
    rd_kafka_metadata_destroy(metadata);
    return count > 0 || refuse(bus, err, "no broker is registered");
}

static bool topic_is_there(struct bus *bus, const struct rd_kafka_metadata_topic *topic, struct err *err)
{
    if (topic->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        return err_set(err, ERR_SERVICE, "Kafka: there is no topic %s; tidemill init makes it", topic->topic);
    if (topic->err != RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
        return true;
    remember_denial(bus, topic->topic, topic->err);
    return refuse(bus, err, "topics cannot be seen");
}

/* What is known to the client is asked for. */
static bool know(struct bus *bus, const struct texts *topics, rd_kafka_topic_t **known, struct err *err)
{
    for (size_t i = 0; i < topics->count; i++)
        if ((known[i] = rd_kafka_topic_new(bus->producer, topics->item[i], NULL)) == NULL)
            return bus_refused(bus, arena_printf(bus->arena, "topic %s cannot be asked for", topics->item[i]),
                               rd_kafka_err2str(rd_kafka_last_error()), err);
    return true;
}

bool bus_sees(struct bus *bus, const struct texts *topics, int timeout_ms, struct err *err)
{
    if (!need_producer(bus, err))
        return false;
    rd_kafka_topic_t **known = ARENA_ARRAY(bus->arena, rd_kafka_topic_t *, topics->count);
    const struct rd_kafka_metadata *metadata = know(bus, topics, known, err) ? ask(bus, timeout_ms, err) : NULL;
    bool good = metadata != NULL;
    for (int i = 0; good && i < metadata->topic_cnt; i++)
        good = topic_is_there(bus, &metadata->topics[i], err);
    if (metadata != NULL)
        rd_kafka_metadata_destroy(metadata);
    for (size_t i = 0; i < topics->count && known[i] != NULL; i++)
        rd_kafka_topic_destroy(known[i]);
    drop_producer(bus); /* who asks before listening sends nothing: one connection less */
    return good;
}

struct rd_kafka_s *bus_client(struct bus *bus, struct err *err)
{
    return need_producer(bus, err) ? bus->producer : NULL;
}

bool bus_refused(struct bus *bus, const char *what, const char *heard, struct err *err)
{
    remember_trouble(bus, heard);
    return refuse(bus, err, what);
}
