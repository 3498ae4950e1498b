/* worker_site: what a worker reads of its file is what the site says; one that runs is compared with what it says now.
 */
#include "pipelines/worker_site.h"

#include "lib/base/file.h"
#include "lib/base/process.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena arena;
static char folder[] = "/tmp/worker_site_test.XXXXXX";

static const char *at(const char *name)
{
    return path_join(&arena, folder, name);
}

static bool put(const char *name, const char *text)
{
    struct err err;
    return file_write(at(name), text, strlen(text), &err);
}

static struct site read_site(const char *path)
{
    struct site site;
    struct err err = {0};
    if (!site_read(&arena, path, folder, &site, &err))
        OK(false, "%s", err.text);
    return site;
}

static const char *keep(const struct site *site, const char *stage)
{
    struct err err = {0};
    const char *file;
    if (!worker_site_keep(&arena, folder, site, at("site.yaml"), stage, &file, &err))
        OK(false, "%s", err.text);
    return file;
}

/* A program that only waits, started as workers are. */
static pid_t start(const char *file)
{
    struct err err = {0};
    const char *const argv[] = {"/bin/sh", "-c", "while :; do sleep 1; done", file, NULL};
    return process_serve(argv, at("log"), at("pid"), &err) ? process_remembered(at("pid")) : 0;
}

static void test_round(const char *text)
{
    struct stat info;
    put("site.yaml", text);
    const struct site site = read_site(at("site.yaml"));
    const char *file = keep(&site, "clean");
    const struct site again = read_site(file);
    OK(stat(file, &info) == 0 && (info.st_mode & 0777) == 0600, "a file for nobody but us");
    SAME(keep(&again, "clean"), file, "what a worker reads of it is what was written");
    OK(again.lease_ms == site.lease_ms && again.memory == site.memory && again.stall_ms == site.stall_ms &&
           again.threads == site.threads && again.attempts == site.attempts,
       "numbers");
    OK(site_kafka(&again) == site_kafka(&site) &&
           (site_kafka(&site) != SITE_KAFKA_CLUSTER || again.kafka.count == site.kafka.count) &&
           again.kafka_secrets.count == site.kafka_secrets.count,
       "properties");
    SAME(again.store, site.store, "the store");
    SAME(again.postgres, site.postgres, "PostgreSQL");
    OK(site_worker_count(&again, "clean") == site_worker_count(&site, "clean") || site.threads > 0, "workers");
}

static void test_look(void)
{
    struct worker_site look;
    put("site.yaml", "lease: 20s\n");
    struct site site = read_site(at("site.yaml"));
    pid_t pid = start(keep(&site, "clean"));
    const char *given = at("site.yaml");
    worker_site_look(&arena, pid, &site, given, "clean", &look);
    SAME(look.given, given, "it is known what a worker was started for");
    OK(!look.other && !look.changed, "and that it has the settings of now");
    put("other.yaml", "lease: 30s\n");
    const struct site other = read_site(at("other.yaml"));
    worker_site_look(&arena, pid, &other, at("other.yaml"), "clean", &look);
    OK(look.other && !look.changed && !look.ours, "of another file they are others, and not changed");
    put("site.yaml", "lease: 25s\n");
    worker_site_look(&arena, pid, &site, given, "clean", &look);
    OK(!look.other && !look.changed, "who read the file before it changed would start the same");
    site = read_site(given);
    worker_site_look(&arena, pid, &site, given, "clean", &look);
    OK(look.other && look.changed && look.ours, "who reads it then would not");
    worker_site_look(&arena, pid, &other, at("other.yaml"), "clean", &look);
    OK(look.changed && !look.ours, "who reads another knows, and that it is not theirs");
    put("named.yaml", "pipeline: named\nsite: site.yaml\n");
    site = read_site(at("named.yaml"));
    worker_site_look(&arena, pid, &site, at("named.yaml"), "clean", &look);
    OK(look.changed && look.ours, "it is that of who names the same site file");
    put("site.yaml", "lease: [");
    worker_site_look(&arena, pid, &other, at("other.yaml"), "clean", &look);
    OK(look.other && !look.changed, "what cannot be read has not changed");
    process_end(at("pid"), 1000);
    worker_site_look(&arena, getpid(), &other, at("other.yaml"), "clean", &look);
    OK(look.given == NULL && !look.other && !look.changed && !look.ours, "other processes are left alone");
}

int main(void)
{
    struct err err;
    arena_init(&arena);
    if (mkdtemp(folder) == NULL)
        return 1;
    test_round("{}\n");
    test_round("kafka: apache\nthreads: 3\nmemory: 1.5 GiB\nstall: 90s\nstall_step: 20min\nattempts: 7\n");
    test_round("postgres: \"host='/a \\\\'b' dbname=\\\"x\\\"\"\nstore: /srv/\u00fc \\\"s\\\"\n"
               "kafka: {bootstrap.servers: \"k1:9092,k2:9092\", sasl.username: \"a: b # c\"}\n"
               "kafka_secrets: {sasl.password: env:NAME}\nworkers: {clean: 3, train: 9}\n");
    test_look();
    OK(folder_remove(folder, &err), "cleared away");
    arena_release(&arena);
    return DONE();
}
