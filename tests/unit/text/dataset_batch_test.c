/* batch: every document once and in order, however large they are, and a damaged shard is told. */
#include "lib/text/dataset_batch.h"

#include "tests/unit/bench.h"
#include "tokenize/tokenize.h"

static struct dataset_reader *open_reader(struct bench *bench)
{
    struct err err;
    struct dataset_shard *shards = ARENA_ARRAY(&bench->arena, struct dataset_shard, 2);
    for (size_t i = 0; i < 2; i++)
        shards[i] = (struct dataset_shard){task_input(&bench->task, "clean", i)->digest,
                                           task_input(&bench->task, "drop", i)->digest};
    struct dataset_reader *reader = dataset_reader_open(&bench->store, &bench->arena, shards, 2, "train", &err);
    bench_check(reader != NULL, &err);
    return reader;
}

/* Four documents of 3 MB each in two shards: two batches of three and one, or so. */
static void check_all(struct bench *bench)
{
    struct err err;
    struct dataset_batch *batch = ARENA_NEW(&bench->arena, struct dataset_batch);
    size_t batches = 0, documents = 0, ordered = 0;
    dataset_batch_open(batch, &bench->arena, open_reader(bench));
    for (;;) {
        bench_check(dataset_batch_next(batch, &err), &err);
        if (batch->count == 0)
            break;
        batches++;
        for (size_t i = 0; i < batch->count; i++)
            ordered += batch->documents[i].bytes == (3 << 20) && batch->documents[i].text[0] == "abcd"[documents++];
    }
    OK(documents == 4 && ordered == 4, "all documents, in order");
    OK(batches == 2, "in batches");
    OK(dataset_batch_next(batch, &err) && batch->count == 0, "the end stays the end");
}

int main(void)
{
    struct bench bench;
    struct err err = {.text = ""};
    struct dataset_batch batch;
    struct bench_document texts[4];
    bench_open(&bench, &tokenize_info, "tokenize.learn");
    for (int i = 0; i < 4; i++) {
        char *data = arena_alloc(&bench.arena, (3 << 20) + 1);
        memset(data, 'a' + i, 3 << 20);
        texts[i] = bench_text(data, "train");
    }
    bench_documents(&bench, 0, texts, 2, "{\"drop\":[]}");
    bench_documents(&bench, 1, texts + 2, 2, "{\"drop\":[]}");
    check_all(&bench);

    bench.task.input_count = 0;
    bench_input(&bench, "clean", 0, "no shard", 8);
    bench_input(&bench, "drop", 0, "{\"drop\":[]}", 11);
    bench_input(&bench, "clean", 1, "no shard", 8);
    bench_input(&bench, "drop", 1, "{\"drop\":[]}", 11);
    dataset_batch_open(&batch, &bench.arena, open_reader(&bench));
    OK(!dataset_batch_next(&batch, &err) && err.text[0] != '\0', "no shard: %s", err.text);
    bench_close(&bench);
    return DONE();
}
