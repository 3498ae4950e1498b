/* topics: see topics.h. */
#include "lib/flow/topics.h"

#include "lib/base/clock.h"
#include "lib/flow/order.h"

#include <librdkafka/rdkafka.h>

enum { ANSWER_MS = 8000, MAKE_MS = 15000, REGISTERED_MS = 10000, COPIES = 3 };

/* An order is a hint, and sent again where nobody claims its task: a day is long. What failed stays until a person
 * takes it away. */
#define DAY_MS   "86400000"
#define MONTH_MS "2592000000"
#define FOR_EVER "-1"

struct texts topics_of_site(const struct site *site, struct arena *arena)
{
    static const char *const stages[] = {"ingest", "clean", "tokenize", "train", "evaluate", "registry"};
    struct texts topics = {NULL, 0};
    size_t capacity = 0;
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
        ARENA_PUSH(arena, topics.item, topics.count, capacity);
        topics.item[topics.count++] = order_topic(arena, site->topic_prefix, stages[i]);
    }
    ARENA_PUSH(arena, topics.item, topics.count, capacity);
    topics.item[topics.count++] = order_events_topic(arena, site->topic_prefix);
    ARENA_PUSH(arena, topics.item, topics.count, capacity);
    topics.item[topics.count++] = order_dead_topic(arena, site->topic_prefix);
    return topics;
}

static const char *retention(const char *topic)
{
    if (text_ends(topic, ".events.v1"))
        return MONTH_MS;
    return text_ends(topic, ".dead.v1") ? FOR_EVER : DAY_MS;
}

/* One copy fewer than there are may be missing, so that a broker can be taken away; with two copies none may. */
static int in_sync(const struct site *site, int copies)
{
    if (site->min_insync_replicas > 0)
        return (int)site->min_insync_replicas;
    return copies > 2 ? copies - 1 : 1;
}

static rd_kafka_NewTopic_t *plan(const struct site *site, struct arena *arena, const char *name, int copies,
                                 struct err *err)
{
    char text[256];
    rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(name, (int)site->partitions, copies, text, sizeof text);
    if (topic == NULL) {
        err_set(err, ERR_DEFINITION, "Kafka: topic %s of %d partitions and %d copies cannot be made: %s", name,
                (int)site->partitions, copies, text);
        return NULL;
    }
    const char *enough = arena_printf(arena, "%d", in_sync(site, copies));
    if (rd_kafka_NewTopic_set_config(topic, "cleanup.policy", "delete") == RD_KAFKA_RESP_ERR_NO_ERROR &&
        rd_kafka_NewTopic_set_config(topic, "retention.ms", retention(name)) == RD_KAFKA_RESP_ERR_NO_ERROR &&
        rd_kafka_NewTopic_set_config(topic, "min.insync.replicas", enough) == RD_KAFKA_RESP_ERR_NO_ERROR)
        return topic;
    rd_kafka_NewTopic_destroy_array(&topic, 1);
    err_set(err, ERR_SERVICE, "Kafka: topic %s cannot be given its settings", name);
    return NULL;
}

static bool judge(struct bus *bus, struct arena *arena, const rd_kafka_topic_result_t *result, bool *again,
                  struct err *err)
{
    rd_kafka_resp_err_t code = rd_kafka_topic_result_error(result);
    const char *text = rd_kafka_topic_result_error_string(result);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        return true;
    *again = code == RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR;
    return bus_refused(bus, arena_printf(arena, "topic %s cannot be made", rd_kafka_topic_result_name(result)),
                       text != NULL ? text : rd_kafka_err2str(code), err);
}

static bool judge_all(struct bus *bus, struct arena *arena, rd_kafka_event_t *event, bool *again, struct err *err)
{
    size_t count = 0;
    if (event == NULL)
        return bus_refused(bus, "topics cannot be made", "no answer", err);
    if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return bus_refused(bus, "topics cannot be made", rd_kafka_event_error_string(event), err);
    const rd_kafka_topic_result_t **results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    for (size_t i = 0; i < count; i++)
        if (!judge(bus, arena, results[i], again, err))
            return false;
    return true;
}

static bool ask(struct bus *bus, struct arena *arena, rd_kafka_NewTopic_t **topics, size_t count, bool *again,
                struct err *err)
{
    char text[256];
    rd_kafka_t *client = bus_client(bus, err);
    if (client == NULL)
        return false;
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    if (options != NULL) /* else librdkafka's own */
        rd_kafka_AdminOptions_set_operation_timeout(options, MAKE_MS, text, sizeof text);
    rd_kafka_CreateTopics(client, topics, count, options, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, MAKE_MS + 5000);
    bool good = judge_all(bus, arena, event, again, err);
    if (event != NULL)
        rd_kafka_event_destroy(event);
    if (options != NULL)
        rd_kafka_AdminOptions_destroy(options);
    rd_kafka_queue_destroy(queue);
    return good;
}

/* *again: not enough brokers are registered yet, as happens for a moment when a cluster starts. */
static bool try_to_make(const struct site *site, struct arena *arena, struct bus *bus, int copies, bool *again,
                        struct err *err)
{
    size_t planned = 0;
    struct texts names = topics_of_site(site, arena);
    rd_kafka_NewTopic_t **topics = ARENA_ARRAY(arena, rd_kafka_NewTopic_t *, names.count);
    *again = false;
    while (planned < names.count && (topics[planned] = plan(site, arena, names.item[planned], copies, err)) != NULL)
        planned++;
    bool good = planned == names.count && ask(bus, arena, topics, planned, again, err);
    rd_kafka_NewTopic_destroy_array(topics, planned);
    return good;
}

bool topics_make(const struct site *site, struct arena *arena, struct bus *bus, struct err *err)
{
    int brokers = 0;
    bool again = false;
    if (!bus_answers(bus, ANSWER_MS, &brokers, err))
        return false;
    int copies = site->replication > 0 ? (int)site->replication : brokers < COPIES ? brokers : COPIES;
    if (site->min_insync_replicas > copies)
        return err_set(err, ERR_DEFINITION,
                       "site.min_insync_replicas is %lld, but a topic would have %d copies: nothing could be sent",
                       (long long)site->min_insync_replicas, copies);
    for (int64_t begin = clock_mono_ns();; clock_sleep_ms(500)) {
        if (try_to_make(site, arena, bus, copies, &again, err))
            return true;
        if (!again || clock_seconds_since(begin) * 1000 > REGISTERED_MS)
            return false;
    }
}
