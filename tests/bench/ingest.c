/* ingest: times the scan of a pattern's files, their reading into shards and the reading of the shards, one thread, in
 * seconds of CPU. Run by the script beside it. */
#include "ingest/ingest.h"
#include "lib/text/document.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static double cpu(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void report(const char *what, int64_t documents, int64_t bytes, double since)
{
    double seconds = cpu() - since, size = (double)bytes / 1e6;
    printf("%-10s %8lld documents %8.1f MB %8.3f s %9.0f documents/s %8.1f MB/s\n", what, (long long)documents, size,
           seconds, (double)documents / seconds, size / seconds);
}

static int64_t counter(const struct task *task, const char *name)
{
    for (size_t i = 0; i < task->counter_count; i++)
        if (strcmp(task->counters[i].name, name) == 0)
            return task->counters[i].value;
    return 0;
}

static bool read_back(const struct store *store, const struct task *read, int64_t *bytes, struct err *err)
{
    for (size_t i = 0; i < read->output_count; i++) {
        struct arena shard, one;
        struct document document;
        bool end = false;
        arena_init(&shard);
        arena_init(&one);
        struct document_reader *reader = document_reader_open(store, &shard, &read->outputs[i].digest, err);
        while (reader != NULL && document_reader_next(reader, &one, &document, &end, err)) {
            *bytes += (int64_t)document.bytes;
            arena_clear(&one);
        }
        arena_release(&one);
        arena_release(&shard);
        if (!end)
            return false;
    }
    return true;
}

static bool measure(struct arena *arena, const struct store *store, const struct ingest_source *source, struct err *err)
{
    int64_t documents = 0, bytes = 0, back = 0;
    struct task scan = {.arena = arena, .store = store};
    double start = cpu();
    if (!ingest_scan(&scan, source, err))
        return false;
    report("scan", (int64_t)scan.item_count, counter(&scan, "bytes_listed"), start);
    struct task *read = ARENA_ARRAY(arena, struct task, scan.output_count);
    struct task_input *input = ARENA_ARRAY(arena, struct task_input, scan.output_count);
    start = cpu();
    for (size_t i = 0; i < scan.output_count; i++) {
        input[i] = (struct task_input){"batch", 0, scan.outputs[i].digest};
        read[i] = (struct task){.arena = arena, .store = store, .inputs = &input[i], .input_count = 1};
        if (!ingest_read(&read[i], source, err))
            return false;
        documents += counter(&read[i], "documents");
        bytes += counter(&read[i], "bytes");
    }
    report("read", documents, bytes, start);
    start = cpu();
    for (size_t i = 0; i < scan.output_count; i++)
        if (!read_back(store, &read[i], &back, err))
            return false;
    report("shards", documents, back, start);
    return true;
}

int main(int argc, char **argv)
{
    struct arena arena;
    struct err err;
    struct store store;
    struct ingest_source source;
    const char *files[1];
    if (argc != 3)
        return 2;
    arena_init(&arena);
    option_defaults(ingest_info.sections[0], &arena, &source);
    source.name = "bench";
    files[0] = argv[2];
    source.files = (struct texts){files, 1};
    bool good = store_open(&store, &arena, argv[1], &err) && measure(&arena, &store, &source, &err);
    if (!good)
        printf("%s\n", err.text);
    arena_release(&arena);
    return good ? 0 : 1;
}
