/* Bus, inbox and the embedded broker: what is sent comes once, in spite of a full inbox; a killed broker comes back at
 * its port, empty. */
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/flow/broker.h"
#include "lib/flow/inbox.h"
#include "lib/flow/port.h"
#include "tests/unit/tap.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MESSAGES = 300 };

static const char topic[] = "test.work.clean.v1";

static struct bus *open_bus(struct arena *arena, struct pairs *properties)
{
    struct bus *bus = NULL;
    struct err err;
    OK(bus_open(&bus, arena, properties, "test", &err), "a bus opens");
    return bus;
}

/* At rest, too, what is sent comes; where the rest is ended it comes at once. */
static void test_rest(struct arena *arena, struct bus *sender, struct bus *listener, struct inbox *inbox)
{
    static const char *const texts[] = {"a", "b"};
    struct bus_record record;
    struct err err = {0};
    bool come = true;
    for (int i = 0; i < 2; i++) {
        struct bus_message message = {.topic = topic, .key = texts[i], .payload = texts[i]};
        inbox_rest(inbox, true);
        OK(!inbox_take(inbox, arena, 1500, &record), "nothing comes");
        if (i == 1)
            inbox_rest(inbox, false);
        come = come && bus_send(sender, &message, 1, 10000, &err) && inbox_take(inbox, arena, 10000, &record) &&
               record.len == 1 && *record.payload == *texts[i];
        if (come)
            bus_ack(listener, &record, 1);
    }
    OK(come, "at rest one message after the other comes");
}

static void test_all_come(struct arena *arena, struct pairs *properties)
{
    struct bus *sender = open_bus(arena, properties), *listener = open_bus(arena, properties);
    struct err err = {0};
    struct bus_message messages[MESSAGES];
    struct bus_record record;
    bool seen[MESSAGES] = {false};
    int count = 0, twice = 0;
    OK(bus_answers(sender, 5000, NULL, &err), "the broker answers");
    for (int i = 0; i < MESSAGES; i++)
        messages[i] = (struct bus_message){.topic = topic, .key = "key", .payload = arena_printf(arena, "%d", i)};
    OK(bus_send(sender, messages, MESSAGES, 10000, &err), "messages are sent");
    OK(messages[0].sent && messages[MESSAGES - 1].sent && messages[0].offset == 0, "all of them, with their places");
    OK(bus_listen(listener, topic, "test.clean", &err), "a group is joined");
    struct watch watch = {0};
    struct inbox *inbox = inbox_open(arena, listener, &watch);
    int64_t begin = clock_mono_ns(), first = 0;
    while (count + twice < MESSAGES && clock_seconds_since(begin) < 20) {
        if (!inbox_take(inbox, arena, 200, &record))
            continue;
        first = first == 0 ? clock_mono_ns() : first;
        int n = (int)strtol(arena_strndup(arena, record.payload, record.len), NULL, 10);
        twice += seen[n];
        count += !seen[n];
        seen[n] = true;
        bus_ack(listener, &record, 1);
    }
    OK(count == MESSAGES && twice == 0, "%d came, %d of them twice", count, twice);
    printf("# %.0f messages a second through a full inbox\n", MESSAGES / clock_seconds_since(first));
    OK(!inbox_take(inbox, arena, 50, &record), "and no more");
    test_rest(arena, sender, listener, inbox);
    inbox_close(inbox);
}

/* How many threads of a process run or could run, after `T` of a stopped one in the third field of stat. */
static int threads_going(pid_t pid)
{
    char path[64], line[512];
    int going = 0;
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    for (struct dirent *task; tasks != NULL && (task = readdir(tasks)) != NULL;) {
        if (*task->d_name == '.')
            continue;
        snprintf(path, sizeof path, "/proc/%d/task/%.16s/stat", (int)pid, task->d_name);
        FILE *file = fopen(path, "r");
        const char *name_ends = file != NULL && fgets(line, sizeof line, file) != NULL ? strrchr(line, ')') : NULL;
        going += name_ends != NULL && name_ends[2] != 'T';
        if (file != NULL)
            fclose(file);
    }
    if (tasks != NULL)
        closedir(tasks);
    return going;
}

/* kill() returns before the other process stands: its first thread stops the rest, which may answer until it runs. */
static void stop(pid_t pid)
{
    kill(pid, SIGSTOP);
    for (int64_t begin = clock_mono_ns(); threads_going(pid) > 0 && clock_seconds_since(begin) < 10;)
        clock_sleep_ms(1);
}

/* A broker that is stopped, its connections open: what is asked of it ends before a watch would take it for hung. */
static void test_stopped(struct pairs *properties, pid_t broker)
{
    struct arena arena, sending;
    struct err err = {0};
    struct watch watch = {0};
    struct bus_message message = {.topic = topic, .key = "key", .payload = "1"};
    arena_init(&arena);
    arena_init(&sending);
    struct bus *sender = open_bus(&sending, properties), *listener = open_bus(&arena, properties);
    OK(bus_send(sender, &message, 1, 10000, &err) && bus_listen(listener, topic, "test.stopped", &err), "a bus");
    struct inbox *inbox = inbox_open(&arena, listener, &watch);
    stop(broker);
    int64_t begin = clock_mono_ns();
    OK(!bus_send(sender, &message, 1, 1000, &err), "nothing can be sent to a broker that is stopped");
    arena_release(&sending);
    double took = clock_seconds_since(begin);
    OK(took * 1000 < BUS_LONGEST_MS / 4, "that took %.1f s, with the end of the bus", took);
    unsigned long long steps = atomic_load(&watch.steps);
    for (begin = clock_mono_ns(); atomic_load(&watch.steps) < steps + 2 && clock_seconds_since(begin) < 30;)
        clock_sleep_ms(10);
    OK(atomic_load(&watch.steps) >= steps + 2, "its orders are asked for again and again");
    kill(broker, SIGCONT);
    inbox_close(inbox);
    arena_release(&arena);
}

/* A member of a group that has taken a message. */
static struct bus *open_member(struct arena *arena, struct pairs *properties, struct bus_record *record)
{
    struct err err = {0};
    struct bus_message message = {.topic = topic, .key = "key", .payload = "1"};
    bool got = false;
    arena_init(arena);
    struct bus *bus = open_bus(arena, properties);
    bool good = bus_send(bus, &message, 1, 10000, &err) && bus_listen(bus, topic, "test.closed", &err);
    int64_t begin = clock_mono_ns();
    while (good && !got && clock_seconds_since(begin) < 20)
        good = bus_next(bus, arena, 100, record, &got, &err);
    OK(got, "a member of a group has its part");
    return bus;
}

static double seconds_to_close(struct arena *arena)
{
    int64_t begin = clock_mono_ns();
    arena_release(arena);
    return clock_seconds_since(begin);
}

/* A member ends soon, too, where its acknowledgement is never answered. The broker is dead then. */
static void test_closed(struct pairs *properties, pid_t broker)
{
    enum { SETTLE_MS = 300 };
    struct arena arena;
    struct bus_record record = {.topic = topic};
    bus_ack(open_member(&arena, properties, &record), &record, 1);
    double took = seconds_to_close(&arena);
    OK(took < 4, "it leaves a broker that answers within %.1f s", took);

    struct bus *bus = open_member(&arena, properties, &record);
    stop(broker);
    bus_ack(bus, &record, 1);
    clock_sleep_ms(SETTLE_MS);
    took = seconds_to_close(&arena);
    OK(took < 20, "it ends within %.1f s where the broker is stopped", took);
    kill(broker, SIGCONT);

    bus = open_member(&arena, properties, &record);
    kill(broker, SIGKILL);
    clock_sleep_ms(SETTLE_MS);
    bus_ack(bus, &record, 1);
    clock_sleep_ms(SETTLE_MS);
    took = seconds_to_close(&arena);
    OK(took < 20, "and within %.1f s where it is dead", took);
}

/* Its port is none that the system gives to others while it is dead. */
static bool give_port(struct arena *arena, const char *state, struct err *err)
{
    int port = 10000 + getpid() % 20000;
    while (!port_is_free(port))
        port++;
    const char *folder = path_join(arena, state, "kafka"), *text = arena_printf(arena, "%d\n", port);
    return folder_make(folder, err) && file_write(path_join(arena, folder, "port"), text, strlen(text), err);
}

int main(void)
{
    struct arena arena, life;
    struct err err = {0};
    const char *bootstrap = NULL, *again = NULL;
    const char *base = getenv("TMPDIR"), *build = getenv("BUILD"), *names[] = {topic};
    struct texts topics = {names, 1};
    arena_init(&arena);
    char *state = arena_printf(&arena, "%s/tidemill-bus-XXXXXX", base ? base : "/tmp");
    const char *program = arena_printf(&arena, "%s/bin/tidemill", build ? build : "build");
    if (mkdtemp(state) == NULL)
        return 1;
    OK(give_port(&arena, state, &err) && broker_address(&arena, state) == NULL, "no broker runs at first");
    if (!OK(broker_start(&arena, state, program, &topics, 2, &bootstrap, &err), "it starts"))
        printf("# %s\n", err.text);
    SAME(broker_address(&arena, state), bootstrap, "and is found");
    OK(broker_start(&arena, state, program, &topics, 2, &again, &err), "starting it again");
    SAME(again, bootstrap, "finds the same");
    struct pair pairs[] = {{"bootstrap.servers", bootstrap},
                           {"session.timeout.ms", "6000"},
                           {"heartbeat.interval.ms", "500"},
                           {"fetch.wait.max.ms", "20"}};
    struct pairs properties = {pairs, 4};
    arena_init(&life);
    test_all_come(&life, &properties);
    arena_release(&life);

    struct buf text;
    OK(file_read(&arena, path_join(&arena, state, "kafka/pid"), &text, &err), "its pid is known");
    const pid_t broker = (pid_t)strtol(text.data, NULL, 10);
    test_stopped(&properties, broker);
    test_closed(&properties, broker);
    OK(broker_start(&arena, state, program, &topics, 2, &again, &err), "killed, it starts again");
    SAME(again, bootstrap, "at its port");
    broker_stop(state);
    OK(broker_address(&arena, state) == NULL, "stopped, it is gone");

    struct bus *bus;
    struct pairs none = {NULL, 0};
    arena_init(&life);
    OK(!bus_open(&bus, &life, &none, "test", &err), "a bus needs an address");
    SAME(err.text, "Kafka: no bootstrap.servers", "says so");
    bus = open_bus(&life, &properties);
    OK(!bus_answers(bus, 300, NULL, &err) && strstr(err.text, "Kafka: no broker answers") != NULL, "nobody answers");
    arena_release(&life);
    OK(folder_remove(state, &err), "the folder goes");
    arena_release(&arena);
    return DONE();
}
