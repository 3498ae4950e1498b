/*
 * apache: see apache.h. The folder <state>/kafka/apache holds the log, server.properties, the two ports and the pid.
 *
 * Settings: those of a small single node; the reasons stand beside them. Java's part: a start takes about 4 seconds.
 */
#include "lib/flow/apache.h"

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/process.h"
#include "lib/flow/port.h"

#include <errno.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { START_SECONDS = 60, STOP_MS = 15000 };

struct apache {
    const char *folder, *properties, *pid, *log, *jars;
    int port, controller_port;
};

static const char settings[] =
    "process.roles=broker,controller\n"
    "node.id=1\n"
    "controller.listener.names=CONTROLLER\n"
    "inter.broker.listener.name=CLIENT\n"
    "listener.security.protocol.map=CONTROLLER:PLAINTEXT,CLIENT:PLAINTEXT\n"
    "default.replication.factor=1\n"
    "min.insync.replicas=1\n"
    "offsets.topic.replication.factor=1\n"
    "offsets.topic.num.partitions=4\n"
    "transaction.state.log.replication.factor=1\n"
    "transaction.state.log.min.isr=1\n"
    "transaction.state.log.num.partitions=2\n"
    "share.coordinator.state.topic.replication.factor=1\n"
    "share.coordinator.state.topic.min.isr=1\n"
    "share.coordinator.state.topic.num.partitions=2\n"
    "group.initial.rebalance.delay.ms=0\n"
    "auto.create.topics.enable=false\n"
    "num.network.threads=2\n"
    "num.io.threads=2\n"
    "log.cleaner.dedupe.buffer.size=16777216\n" /* the default takes half of a small heap */
    "log.segment.bytes=67108864\n"
    "log.retention.hours=168\n"
    "broker.session.timeout.ms=3000\n" /* after kill -9 the node waits for its old registration to expire */
    "broker.heartbeat.interval.ms=500\n";

static void locate(struct apache *apache, struct arena *arena, const char *state, const char *jars)
{
    memset(apache, 0, sizeof *apache);
    apache->folder = path_join(arena, state, "kafka/apache");
    apache->properties = path_join(arena, apache->folder, "server.properties");
    apache->pid = path_join(arena, apache->folder, "pid");
    apache->log = path_join(arena, apache->folder, "server.log");
    apache->jars = jars;
}

static int port_of(const char *text, const char *listener)
{
    const char *found = strstr(text, listener);
    return found == NULL ? 0 : (int)strtol(found + strlen(listener), NULL, 10);
}

/* The ports of the node stand in its settings, so that it keeps them. Port 0: it has none yet. False where that cannot
 * be told: other ports would be those of nobody. */
static bool read_ports(struct arena *arena, struct apache *apache, struct err *err)
{
    struct buf text;
    apache->port = apache->controller_port = 0;
    if (access(apache->properties, F_OK) != 0)
        return errno == ENOENT || errno == ENOTDIR || err_errno(err, "%s", apache->properties);
    if (!file_read(arena, apache->properties, &text, err))
        return false;
    apache->port = port_of(text.data, "CLIENT://127.0.0.1:");
    apache->controller_port = port_of(text.data, "CONTROLLER://127.0.0.1:");
    return true;
}

static const char *class_path(struct arena *arena, const struct apache *apache)
{
    return arena_printf(arena, "%s/*", apache->jars);
}

static bool ports_are_free(const struct apache *apache)
{
    return port_is_free(apache->port) && port_is_free(apache->controller_port);
}

static bool choose_ports(struct apache *apache, struct err *err)
{
    apache->port = apache->controller_port = port_choose();
    while (apache->port != 0 && apache->controller_port == apache->port)
        apache->controller_port = port_choose();
    return (apache->port != 0 && apache->controller_port != 0) ||
           err_errno(err, "cannot start Apache Kafka: no port of loopback is to be had");
}

/* It keeps its ports as long as nobody else has taken them while it did not run. */
static bool prepare(struct arena *arena, struct apache *apache, struct err *err)
{
    if (!read_ports(arena, apache, err))
        return false;
    if (apache->port != 0 && ports_are_free(apache))
        return true;
    if (!choose_ports(apache, err))
        return false;
    if (!folder_make(apache->folder, err))
        return false;
    char *text = arena_printf(arena,
                              "listeners=CLIENT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d\n"
                              "advertised.listeners=CLIENT://127.0.0.1:%d\n"
                              "controller.quorum.voters=1@127.0.0.1:%d\n"
                              "log.dirs=%s/data\n%s",
                              apache->port, apache->controller_port, apache->port, apache->controller_port,
                              apache->folder, settings);
    const char *draft = path_join(arena, apache->folder, "draft.properties");
    if (!file_write(draft, text, strlen(text), err))
        return false;
    const char *format[] = {"java",
                            "-Xmx128m",
                            "-XX:TieredStopAtLevel=1",
                            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                            "-cp",
                            class_path(arena, apache),
                            "kafka.tools.StorageTool",
                            "format",
                            "-t",
                            "MkU3OEVBNTcwNTJENDM2Qg", /* any 16 bytes; the node is alone */
                            "-c",
                            draft,
                            "--ignore-formatted",
                            NULL};
    if (!process_run(format, apache->log, err))
        return err_wrap(err, "cannot format Apache Kafka's folder %s", apache->folder);
    return rename(draft, apache->properties) == 0 || err_errno(err, "cannot rename %s", draft);
}

/* Ready is not "port open": a broker must be in the metadata. */
static bool answers(const char *bootstrap, int timeout_ms)
{
    char text[256];
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap, text, sizeof text);
    rd_kafka_conf_set(conf, "log_level", "0", text, sizeof text);
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    if (client == NULL) {
        rd_kafka_conf_destroy(conf);
        return false;
    }
    bool good = rd_kafka_metadata(client, 0, NULL, &metadata, timeout_ms) == RD_KAFKA_RESP_ERR_NO_ERROR &&
                metadata->broker_cnt > 0;
    if (metadata != NULL)
        rd_kafka_metadata_destroy(metadata);
    rd_kafka_destroy(client);
    return good;
}

static bool wait_ready(struct arena *arena, const struct apache *apache, const char **bootstrap, struct err *err)
{
    *bootstrap = arena_printf(arena, "127.0.0.1:%d", apache->port);
    int64_t begin = clock_mono_ns();
    while (clock_seconds_since(begin) < START_SECONDS) {
        if (process_remembered(apache->pid) == 0) {
            const char *said = process_log_tail(arena, apache->log, 3);
            return err_set(err, ERR_SERVICE, "Apache Kafka ended at its start; %s says: %s", apache->log,
                           *said == '\0' ? "(nothing)" : said);
        }
        if (answers(*bootstrap, 500) && process_remembered(apache->pid) != 0) /* else it was another's */
            return true;
        clock_sleep_ms(100);
    }
    return err_set(err, ERR_SERVICE, "Apache Kafka does not answer at %s after %d s; see %s", *bootstrap, START_SECONDS,
                   apache->log);
}

static bool launch(struct arena *arena, const struct apache *apache, struct err *err)
{
    const char *server[] = {"java",
                            "-Xms64m",
                            "-Xmx256m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+ExitOnOutOfMemoryError",
                            "-Djava.awt.headless=true",
                            "-Dorg.slf4j.simpleLogger.showDateTime=true",
                            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                            "-cp",
                            class_path(arena, apache),
                            "kafka.Kafka",
                            apache->properties,
                            NULL};
    return process_serve(server, apache->log, apache->pid, err);
}

bool apache_start(struct arena *arena, const char *state, const char *jars, const char **bootstrap, struct err *err)
{
    struct apache apache;
    locate(&apache, arena, state, jars);
    if (access(jars, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return err_set(err, ERR_SERVICE, "kafka: apache: its jars are not in %s; run: make apache-kafka", jars);
    if (access(jars, R_OK) != 0)
        return err_errno(err, "kafka: apache: its jars cannot be read: %s", jars);
    if (process_remembered(apache.pid) != 0)
        return read_ports(arena, &apache, err) &&
               (apache.port != 0 || err_set(err, ERR_SERVICE,
                                            "Apache Kafka runs, but where is not known: %s is gone; "
                                            "end process %d",
                                            apache.properties, (int)process_remembered(apache.pid))) &&
               wait_ready(arena, &apache, bootstrap, err);
    for (int attempt = 0; attempt < 3; attempt++) {
        if (!prepare(arena, &apache, err) || !launch(arena, &apache, err))
            return false;
        if (wait_ready(arena, &apache, bootstrap, err))
            return true;
        process_end(apache.pid, STOP_MS); /* it would be nobody's */
        if (ports_are_free(&apache))
            return false; /* else somebody took one meanwhile */
    }
    return false;
}

const char *apache_address(struct arena *arena, const char *state)
{
    struct apache apache;
    struct err ignored;
    locate(&apache, arena, state, NULL);
    if (process_remembered(apache.pid) == 0 || !read_ports(arena, &apache, &ignored) || apache.port == 0)
        return NULL;
    return arena_printf(arena, "127.0.0.1:%d", apache.port);
}

void apache_stop(const char *state)
{
    struct arena arena;
    struct apache apache;
    arena_init(&arena);
    locate(&apache, &arena, state, NULL);
    process_end(apache.pid, STOP_MS);
    arena_release(&arena);
}
