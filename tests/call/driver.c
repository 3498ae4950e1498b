/*
 * driver: one layer of lib/ at work, for tests/call/run: driver LAYER FOLDER. Prints `done DIGEST` of what it made, or
 * `error CODE: text`, and ends with the error's status. Run again on the same state it makes the same bytes. `driver
 * start FOLDER TOPIC...` and `driver stop FOLDER`: a private cluster and an embedded broker for the layers that need
 * them; `driver committed TOPIC GROUP`: from where a new member of the group would read, "PARTITION OFFSET" a line.
 */
#include "lib/flow/broker.h"
#include "lib/ledger/cluster.h"
#include "tests/call/layer.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARTITIONS = 2 };

static const struct layer *const rooms[] = {base_layers, data_layers,   ledger_layers, process_layers,
                                            flow_layers, worker_layers, trial_layers};

char **driver_arguments;

void test_begins(void)
{
    if (leave_alone != NULL)
        leave_alone(true);
}

void test_ends(void)
{
    if (leave_alone != NULL)
        leave_alone(false);
}

static int work(const struct layer *layer, const char *folder)
{
    struct arena arena;
    struct err err = {.text = "nothing was said"};
    struct digest_stream made;
    char hex[DIGEST_HEX];
    arena_init(&arena);
    digest_begin(&made);
    bool good = layer->work(&arena, folder, &made, &err);
    struct digest digest = digest_end(&made);
    digest_hex(&digest, hex);
    arena_release(&arena);
    if (good)
        printf("done %s\n", hex);
    else
        printf("error %s: %s\n", err_name(err.code), err.text);
    return good ? 0 : err_status(err.code);
}

/* The services that the layers use: prints how to reach them. */
static int start(const char *state, const char **topics, int count)
{
    struct arena arena;
    struct err err;
    const char *conninfo, *bootstrap, *build = getenv("BUILD");
    const struct texts names = {topics, (size_t)count};
    arena_init(&arena);
    const char *program = arena_printf(&arena, "%s/bin/tidemill", build != NULL ? build : "build");
    bool good = cluster_start(&arena, state, &conninfo, &err) &&
                broker_start(&arena, state, program, &names, PARTITIONS, &bootstrap, &err);
    if (good)
        printf("%s\n%s\n", conninfo, bootstrap);
    else
        printf("%s\n", err.text);
    arena_release(&arena);
    return good ? 0 : 1;
}

static int stop(const char *state)
{
    struct err err;
    broker_stop(state);
    if (cluster_stop(state, &err))
        return 0;
    printf("%s\n", err.text);
    return 1;
}

static int committed(const char *topic, const char *group)
{
    char text[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", getenv("CALL_KAFKA"), text, sizeof text);
    rd_kafka_conf_set(conf, "group.id", group, text, sizeof text);
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
    rd_kafka_topic_partition_list_t *places = rd_kafka_topic_partition_list_new(PARTITIONS);
    rd_kafka_topic_partition_list_add_range(places, topic, 0, PARTITIONS - 1);
    rd_kafka_resp_err_t code = rd_kafka_committed(client, places, 10000);
    for (int i = 0; i < places->cnt; i++)
        printf("%d %lld\n", (int)places->elems[i].partition, (long long)places->elems[i].offset);
    rd_kafka_topic_partition_list_destroy(places);
    rd_kafka_destroy(client);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ? 0 : 1;
}

int main(int argc, char **argv)
{
    driver_arguments = argv;
    if (argc >= 3 && strcmp(argv[1], "start") == 0)
        return start(argv[2], (const char **)argv + 3, argc - 3);
    if (argc == 3 && strcmp(argv[1], "stop") == 0)
        return stop(argv[2]);
    if (argc == 4 && strcmp(argv[1], "committed") == 0)
        return committed(argv[2], argv[3]);
    for (size_t i = 0; argc == 3 && i < sizeof rooms / sizeof *rooms; i++)
        for (const struct layer *layer = rooms[i]; layer->name != NULL; layer++)
            if (strcmp(argv[1], layer->name) == 0)
                return work(layer, argv[2]);
    fprintf(stderr, "driver LAYER FOLDER\n");
    return 2;
}
