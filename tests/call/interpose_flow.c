/*
 * interpose, librdkafka: an error by its code, no answer in time, a report or an event that says no. The embedded
 * broker makes no topics on demand, so what stands in an answer to that is made up here: all topics were made, unless
 * one is to be refused.
 */
#include "tests/call/interpose.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

static rd_kafka_resp_err_t code(void)
{
    return (rd_kafka_resp_err_t)how_number();
}

/* A function that answers by a code, and then did nothing. */
#define ANSWERS(name, parameters, arguments) FAILS(rd_kafka_resp_err_t, name, parameters, arguments, code())

/* Clients and their configuration, which a client takes over. */

GIVES(KIND_CONFIGURATION, rd_kafka_conf_t *, rd_kafka_conf_new, (void), ())
TAKES(KIND_CONFIGURATION, void, rd_kafka_conf_destroy, (rd_kafka_conf_t * conf), (conf), conf, (void))
TAKES(KIND_CLIENT, void, rd_kafka_destroy, (rd_kafka_t * client), (client), client, (void))

rd_kafka_conf_res_t rd_kafka_conf_set(rd_kafka_conf_t *conf, const char *key, const char *value, char *text,
                                      size_t size)
{
    REAL(rd_kafka_conf_set);
    return real(conf, DUE(rd_kafka_conf_set) ? "no.such.property" : key, value, text, size);
}

rd_kafka_t *rd_kafka_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, char *text, size_t size)
{
    REAL(rd_kafka_new);
    if (DUE(rd_kafka_new)) {
        snprintf(text, size, "Failed to create thread: Resource temporarily unavailable (11)");
        return NULL;
    }
    rd_kafka_t *client = real(type, conf, text, size);
    if (client != NULL)
        let_go(KIND_CONFIGURATION, conf, PLACE);
    return hold(KIND_CLIENT, client, PLACE);
}

rd_kafka_resp_err_t rd_kafka_fatal_error(rd_kafka_t *client, char *text, size_t size)
{
    REAL(rd_kafka_fatal_error);
    if (DUE(rd_kafka_fatal_error))
        rd_kafka_test_fatal_error(client, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "made");
    return real(client, text, size);
}

/* Sending. */

static void (*report_to)(rd_kafka_t *, const rd_kafka_message_t *, void *);
static void (*say_to)(rd_kafka_t *, int, const char *, void *);

static void report(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque)
{
    rd_kafka_message_t other = *message;
    if (due("delivery_report", NULL)) {
        other.err = code();
        other.offset = RD_KAFKA_OFFSET_INVALID;
    }
    report_to(client, &other, opaque);
}

void rd_kafka_conf_set_dr_msg_cb(rd_kafka_conf_t *conf,
                                 void (*callback)(rd_kafka_t *, const rd_kafka_message_t *, void *))
{
    REAL(rd_kafka_conf_set_dr_msg_cb);
    report_to = callback;
    real(conf, report);
}

void rd_kafka_conf_set_error_cb(rd_kafka_conf_t *conf, void (*callback)(rd_kafka_t *, int, const char *, void *))
{
    REAL(rd_kafka_conf_set_error_cb);
    say_to = callback;
    real(conf, callback);
}

rd_kafka_error_t *rd_kafka_produceva(rd_kafka_t *client, const rd_kafka_vu_t *parts, size_t count)
{
    REAL(rd_kafka_produceva);
    return hold(KIND_ERROR, DUE(rd_kafka_produceva) ? rd_kafka_error_new(code(), "made") : real(client, parts, count),
                PLACE);
}
TAKES(KIND_ERROR, void, rd_kafka_error_destroy, (rd_kafka_error_t * error), (error), error, (void))

/* In time or late, for the program it is too late. */
rd_kafka_resp_err_t rd_kafka_flush(rd_kafka_t *client, int timeout_ms)
{
    REAL(rd_kafka_flush);
    if (!DUE(rd_kafka_flush))
        return real(client, timeout_ms);
    if (how("late"))
        real(client, timeout_ms);
    return RD_KAFKA_RESP_ERR__TIMED_OUT;
}

ANSWERS(rd_kafka_purge, (rd_kafka_t * client, int flags), (client, flags))

/* Receiving. */

GIVES(KIND_PARTITIONS, rd_kafka_topic_partition_list_t *, rd_kafka_topic_partition_list_new, (int size), (size))
TAKES(KIND_PARTITIONS, void, rd_kafka_topic_partition_list_destroy, (rd_kafka_topic_partition_list_t * list), (list),
      list, (void))
ANSWERS(rd_kafka_poll_set_consumer, (rd_kafka_t * client), (client))
ANSWERS(rd_kafka_subscribe, (rd_kafka_t * client, const rd_kafka_topic_partition_list_t *topics), (client, topics))
ANSWERS(rd_kafka_pause_partitions, (rd_kafka_t * client, rd_kafka_topic_partition_list_t *list), (client, list))
ANSWERS(rd_kafka_resume_partitions, (rd_kafka_t * client, rd_kafka_topic_partition_list_t *list), (client, list))
ANSWERS(rd_kafka_commit, (rd_kafka_t * client, const rd_kafka_topic_partition_list_t *offsets, int later),
        (client, offsets, later))

rd_kafka_resp_err_t rd_kafka_assignment(rd_kafka_t *client, rd_kafka_topic_partition_list_t **list)
{
    REAL(rd_kafka_assignment);
    if (DUE(rd_kafka_assignment))
        return code();
    rd_kafka_resp_err_t answer = real(client, list);
    if (answer == RD_KAFKA_RESP_ERR_NO_ERROR)
        hold(KIND_PARTITIONS, *list, PLACE);
    return answer;
}

rd_kafka_error_t *rd_kafka_consumer_close_queue(rd_kafka_t *client, rd_kafka_queue_t *queue)
{
    REAL(rd_kafka_consumer_close_queue);
    return hold(KIND_ERROR,
                DUE(rd_kafka_consumer_close_queue) ? rd_kafka_error_new(code(), "made") : real(client, queue), PLACE);
}

static rd_kafka_message_t trouble;
static atomic_int given;

/* For the driver. */
int orders_given(void);

int orders_given(void)
{
    return given;
}

rd_kafka_message_t *rd_kafka_consumer_poll(rd_kafka_t *client, int timeout_ms)
{
    REAL(rd_kafka_consumer_poll);
    if (!DUE(rd_kafka_consumer_poll)) {
        rd_kafka_message_t *message = hold(KIND_MESSAGE, real(client, timeout_ms), PLACE);
        given += message != NULL && message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
        return message;
    }
    trouble = (rd_kafka_message_t){.err = code()};
    return hold(KIND_MESSAGE, &trouble, PLACE);
}

void rd_kafka_message_destroy(rd_kafka_message_t *message)
{
    REAL(rd_kafka_message_destroy);
    let_go(KIND_MESSAGE, message, PLACE);
    if (message != &trouble)
        real(message);
}

/* What is asked of a cluster. */

static void say_no(struct rd_kafka_metadata *metadata)
{
    if (how("alone"))
        metadata->broker_cnt = 0;
    for (int i = 0; i < metadata->topic_cnt; i++)
        if (how("unknown") || how("forbidden"))
            metadata->topics[i].err =
                how("unknown") ? RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART : RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
}

rd_kafka_resp_err_t rd_kafka_metadata(rd_kafka_t *client, int all, rd_kafka_topic_t *topic,
                                      const struct rd_kafka_metadata **metadata, int timeout_ms)
{
    REAL(rd_kafka_metadata);
    bool fails = DUE(rd_kafka_metadata);
    if (fails && how("denied") && say_to != NULL)
        say_to(client, RD_KAFKA_RESP_ERR__AUTHENTICATION, "SASL authentication error: made", rd_kafka_opaque(client));
    if (fails && (how("denied") || code() != RD_KAFKA_RESP_ERR_NO_ERROR)) {
        poll(NULL, 0, timeout_ms); /* librdkafka waits for a broker that can be asked */
        return how("denied") ? RD_KAFKA_RESP_ERR__TRANSPORT : code();
    }
    rd_kafka_resp_err_t answer = real(client, all, topic, metadata, timeout_ms);
    if (answer == RD_KAFKA_RESP_ERR_NO_ERROR) {
        hold(KIND_METADATA, (void *)(uintptr_t)*metadata, PLACE);
        if (fails)
            say_no((struct rd_kafka_metadata *)(uintptr_t)*metadata);
    }
    return answer;
}
TAKES(KIND_METADATA, void, rd_kafka_metadata_destroy, (const struct rd_kafka_metadata *metadata), (metadata), metadata,
      (void))
GIVES(KIND_TOPIC, rd_kafka_topic_t *, rd_kafka_topic_new,
      (rd_kafka_t * client, const char *name, rd_kafka_topic_conf_t *conf), (client, name, conf))
TAKES(KIND_TOPIC, void, rd_kafka_topic_destroy, (rd_kafka_topic_t * topic), (topic), topic, (void))

/* Making topics. */

rd_kafka_NewTopic_t *rd_kafka_NewTopic_new(const char *name, int partitions, int copies, char *text, size_t size)
{
    REAL(rd_kafka_NewTopic_new);
    return hold(KIND_PLAN, real(name, DUE(rd_kafka_NewTopic_new) ? -5 : partitions, copies, text, size), PLACE);
}

void rd_kafka_NewTopic_destroy_array(rd_kafka_NewTopic_t **topics, size_t count)
{
    REAL(rd_kafka_NewTopic_destroy_array);
    for (size_t i = 0; i < count; i++)
        let_go(KIND_PLAN, topics[i], PLACE);
    real(topics, count);
}
ANSWERS(rd_kafka_NewTopic_set_config, (rd_kafka_NewTopic_t * topic, const char *key, const char *value),
        (topic, key, value))
GIVES(KIND_PLAN, rd_kafka_AdminOptions_t *, rd_kafka_AdminOptions_new,
      (rd_kafka_t * client, rd_kafka_admin_op_t operation), (client, operation))
TAKES(KIND_PLAN, void, rd_kafka_AdminOptions_destroy, (rd_kafka_AdminOptions_t * options), (options), options, (void))
ANSWERS(rd_kafka_AdminOptions_set_operation_timeout,
        (rd_kafka_AdminOptions_t * options, int timeout_ms, char *text, size_t size), (options, timeout_ms, text, size))
GIVES(KIND_PLAN, rd_kafka_queue_t *, rd_kafka_queue_new, (rd_kafka_t * client), (client))
TAKES(KIND_PLAN, void, rd_kafka_queue_destroy, (rd_kafka_queue_t * queue), (queue), queue, (void))

/* The embedded broker does not answer on `plans`: what it would say is in `answer`. */
static rd_kafka_queue_t *plans;

void rd_kafka_CreateTopics(rd_kafka_t *client, rd_kafka_NewTopic_t **topics, size_t count,
                           const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *queue)
{
    (void)client, (void)topics, (void)count, (void)options;
    plans = queue;
}

static char answer;

rd_kafka_event_t *rd_kafka_queue_poll(rd_kafka_queue_t *queue, int timeout_ms)
{
    REAL(rd_kafka_queue_poll);
    if (DUE(rd_kafka_queue_poll))
        return NULL;
    return hold(KIND_MESSAGE, queue == plans ? (rd_kafka_event_t *)&answer : real(queue, timeout_ms), PLACE);
}

void rd_kafka_event_destroy(rd_kafka_event_t *event)
{
    REAL(rd_kafka_event_destroy);
    let_go(KIND_MESSAGE, event, PLACE);
    if (event != (rd_kafka_event_t *)&answer)
        real(event);
}

static rd_kafka_resp_err_t answered;

rd_kafka_resp_err_t rd_kafka_event_error(rd_kafka_event_t *event)
{
    (void)event;
    return answered = DUE(rd_kafka_event_error) ? code() : RD_KAFKA_RESP_ERR_NO_ERROR;
}

const char *rd_kafka_event_error_string(rd_kafka_event_t *event)
{
    (void)event;
    return rd_kafka_err2str(answered);
}

const rd_kafka_CreateTopics_result_t *rd_kafka_event_CreateTopics_result(rd_kafka_event_t *event)
{
    return (const rd_kafka_CreateTopics_result_t *)event;
}

const rd_kafka_topic_result_t **rd_kafka_CreateTopics_result_topics(const rd_kafka_CreateTopics_result_t *result,
                                                                    size_t *count)
{
    static const rd_kafka_topic_result_t *results[3];
    (void)result;
    *count = sizeof results / sizeof *results;
    return results;
}

rd_kafka_resp_err_t rd_kafka_topic_result_error(const rd_kafka_topic_result_t *result)
{
    (void)result;
    return DUE(rd_kafka_topic_result_error) ? code() : RD_KAFKA_RESP_ERR_NO_ERROR;
}

const char *rd_kafka_topic_result_error_string(const rd_kafka_topic_result_t *result)
{
    (void)result;
    return NULL;
}

const char *rd_kafka_topic_result_name(const rd_kafka_topic_result_t *result)
{
    (void)result;
    return "call.made.v1";
}

/* The embedded broker. */

GIVES(KIND_CLIENT, rd_kafka_mock_cluster_t *, rd_kafka_mock_cluster_new, (rd_kafka_t * host, int brokers),
      (host, brokers))
TAKES(KIND_CLIENT, void, rd_kafka_mock_cluster_destroy, (rd_kafka_mock_cluster_t * cluster), (cluster), cluster, (void))
ANSWERS(rd_kafka_mock_topic_create, (rd_kafka_mock_cluster_t * cluster, const char *topic, int partitions, int copies),
        (cluster, topic, partitions, copies))
/* Somebody else has the port that was asked for. */
FAILS(const char *, rd_kafka_mock_cluster_bootstraps, (const rd_kafka_mock_cluster_t *cluster), (cluster),
      "127.0.0.1:1")

FAILS(int, pthread_create,
      (pthread_t *restrict thread, const pthread_attr_t *restrict attributes, void *(*begin)(void *),
       void *restrict argument),
      (thread, attributes, begin, argument), how_number())
