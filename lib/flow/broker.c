/*
 * broker: see broker.h. <state>/kafka holds its pid, its port and its log.
 *
 * librdkafka's broker listens on a random port; there is no call to choose one. It asks bind() for port 0 of loopback,
 * so a bind() of our own in front of the C library's puts the port there. That needs a program linked with -rdynamic.
 */
#include "lib/flow/broker.h"

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/process.h"
#include "lib/flow/port.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { START_MS = 30000, STOP_MS = 3000, BETWEEN_MS = 1 };

/* The port that the next bind() to port 0 of loopback gets; 0: as asked. Set only while the broker is made. */
static int wanted_port;

/* glibc declares the address as a transparent union of all address types. */
int bind(int fd, __CONST_SOCKADDR_ARG any, socklen_t len)
{
    const struct sockaddr *address = any.__sockaddr__;
    int (*real)(int, const struct sockaddr *, socklen_t) = NULL;
    void *symbol = dlsym(RTLD_NEXT, "bind");
    memcpy(&real, &symbol, sizeof real); /* ISO C has no cast from object to function pointers */
    if (wanted_port > 0 && address->sa_family == AF_INET) {
        struct sockaddr_in place;
        memcpy(&place, address, sizeof place);
        if (place.sin_port == 0 && place.sin_addr.s_addr == htonl(INADDR_LOOPBACK)) {
            int yes = 1;
            setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
            place.sin_port = htons((uint16_t)wanted_port);
            return real(fd, (struct sockaddr *)&place, sizeof place);
        }
    }
    return real(fd, address, len);
}

static const char *in_state(struct arena *arena, const char *state, const char *name)
{
    return arena_printf(arena, "%s/kafka/%s", state, name);
}

/* The port that this state folder's broker has; chosen once, so that clients find it again. 0: none yet. */
static int known_port(struct arena *arena, const char *state)
{
    struct buf text;
    struct err ignored;
    const char *file = in_state(arena, state, "port");
    if (!file_exists(file) || !file_read(arena, file, &text, &ignored))
        return 0;
    return (int)strtol(text.data, NULL, 10);
}

const char *broker_address(struct arena *arena, const char *state)
{
    int port = known_port(arena, state);
    if (port == 0 || process_remembered(in_state(arena, state, "pid")) == 0)
        return NULL;
    return arena_printf(arena, "127.0.0.1:%d", port);
}

static bool await_ready(struct arena *arena, const char *state, const char *log, struct err *err)
{
    const char *ready = in_state(arena, state, "ready"), *pid_file = in_state(arena, state, "pid");
    for (int64_t begin = clock_mono_ns(); clock_seconds_since(begin) * 1000 < START_MS; clock_sleep_ms(10)) {
        if (file_exists(ready))
            return true;
        if (process_remembered(pid_file) == 0)
            return err_set(err, ERR_SERVICE, "the embedded broker ended at its start: %s",
                           process_log_tail(arena, log, 2));
    }
    return err_set(err, ERR_SERVICE, "the embedded broker is not ready after %d s; see %s", START_MS / 1000, log);
}

/* One that is not ready in time is ended: it would be nobody's. */
static bool launch(struct arena *arena, const char *state, const char *program, int port, const struct texts *topics,
                   int partitions, struct err *err)
{
    struct buf names;
    const char *ready = in_state(arena, state, "ready"), *pid_file = in_state(arena, state, "pid");
    const char *log = in_state(arena, state, "broker.log");
    buf_init(&names, arena);
    for (size_t i = 0; i < topics->count; i++)
        buf_printf(&names, "%s%s", i > 0 ? "," : "", topics->item[i]);
    const char *argv[] = {
        program, "broker", arena_printf(arena, "%d", port), arena_printf(arena, "%d", partitions), names.data,
        ready,   NULL};
    if (unlink(ready) != 0 && errno != ENOENT) /* it would be taken for ready */
        return err_errno(err, "cannot remove %s", ready);
    if (!process_serve(argv, log, pid_file, err))
        return false;
    if (await_ready(arena, state, log, err))
        return true;
    process_end(pid_file, STOP_MS);
    return false;
}

bool broker_start(struct arena *arena, const char *state, const char *program, const struct texts *topics,
                  int partitions, const char **bootstrap, struct err *err)
{
    if ((*bootstrap = broker_address(arena, state)) != NULL)
        return true;
    if (!folder_make(arena_printf(arena, "%s/kafka", state), err))
        return false;
    for (int attempt = 0; attempt < 3; attempt++) {
        int port = known_port(arena, state);
        if (port == 0 || attempt > 0) { /* somebody else may have taken the port meanwhile */
            port = port_choose();
            const char *text = arena_printf(arena, "%d\n", port);
            if (!file_write(in_state(arena, state, "port"), text, strlen(text), err))
                return false;
        }
        if (launch(arena, state, program, port, topics, partitions, err)) {
            *bootstrap = arena_printf(arena, "127.0.0.1:%d", port);
            return true;
        }
    }
    return false;
}

void broker_stop(const char *state)
{
    struct arena arena;
    arena_init(&arena);
    process_end(in_state(&arena, state, "pid"), STOP_MS);
    unlink(in_state(&arena, state, "ready"));
    arena_release(&arena);
}

/* One that is asked for while the broker's thread ends the one before is seen only a second later (librdkafka 2.0). */
static bool make_topics(rd_kafka_mock_cluster_t *cluster, const struct texts *topics, int partitions, struct err *err)
{
    for (size_t i = 0; i < topics->count; i++) {
        clock_sleep_ms(BETWEEN_MS);
        rd_kafka_resp_err_t code = rd_kafka_mock_topic_create(cluster, topics->item[i], partitions, 1);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
            return err_set(err, ERR_SERVICE, "topic %s cannot be made: %s", topics->item[i], rd_kafka_err2str(code));
    }
    return true;
}

static bool serve(rd_kafka_mock_cluster_t *cluster, int port, const char *ready, const sigset_t *ends, struct err *err)
{
    char want[32];
    int len = snprintf(want, sizeof want, "127.0.0.1:%d", port);
    const char *address = rd_kafka_mock_cluster_bootstraps(cluster);
    if (strncmp(address, want, (size_t)len) != 0)
        return err_set(err, ERR_SERVICE, "port %d is taken: the broker got %s", port, address);
    if (!file_write(ready, address, strlen(address), err))
        return false;
    int got = 0;
    while (sigwait(ends, &got) != 0)
        continue;
    return true;
}

bool broker_serve(int port, const struct texts *topics, int partitions, const char *ready, struct err *err)
{
    char text[512];
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL); /* before any thread starts, so that all inherit it */
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "client.id", "broker", text, sizeof text);
    rd_kafka_t *host = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    if (host == NULL) {
        rd_kafka_conf_destroy(conf);
        return err_set(err, ERR_SERVICE, "librdkafka: %s", text);
    }
    wanted_port = port;
    rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(host, 1);
    wanted_port = 0;
    bool good = cluster == NULL
                    ? err_set(err, ERR_SERVICE, "port %d cannot be listened on", port)
                    : make_topics(cluster, topics, partitions, err) && serve(cluster, port, ready, &ends, err);
    if (cluster != NULL)
        rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(host);
    return good;
}
