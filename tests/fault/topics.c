/* topics: deletes topics of a real Kafka: topics BOOTSTRAP TOPIC... */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>

enum { ANSWER_MS = 30000 };

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "topics: %s: %s\n", what, why);
    return 1;
}

static int delete_all(rd_kafka_t *kafka, char **names, size_t count)
{
    rd_kafka_DeleteTopic_t **topics = calloc(count, sizeof *topics);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(kafka);
    for (size_t i = 0; i < count; i++)
        topics[i] = rd_kafka_DeleteTopic_new(names[i]);
    rd_kafka_DeleteTopics(kafka, topics, count, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, ANSWER_MS);
    int status = event == NULL                 ? fail("delete", "no answer")
                 : rd_kafka_event_error(event) ? fail("delete", rd_kafka_event_error_string(event))
                                               : 0;
    if (event != NULL)
        rd_kafka_event_destroy(event);
    rd_kafka_DeleteTopic_destroy_array(topics, count);
    rd_kafka_queue_destroy(queue);
    free(topics);
    return status;
}

int main(int argc, char **argv)
{
    char text[512];
    if (argc < 3)
        return fail("usage", "topics BOOTSTRAP TOPIC...");
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", argv[1], text, sizeof text);
    rd_kafka_t *kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    if (kafka == NULL)
        return fail("librdkafka", text);
    int status = delete_all(kafka, argv + 2, (size_t)argc - 2);
    rd_kafka_destroy(kafka);
    return status;
}
