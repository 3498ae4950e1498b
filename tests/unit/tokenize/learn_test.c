/* learn: the tokenizer that Hugging Face's trainer learns from the same documents, on any number of threads. */
#include "lib/text/tokenizer.h"
#include "tests/unit/bench.h"
#include "tests/unit/text/recorded.h"
#include "tokenize/tokenize.h"

/* The recorded documents in two shards; one that is dropped and some of other splits must not count. */
static void add_corpus(struct bench *bench)
{
    const json_t *documents = json_object_get(recorded(&bench->arena, "corpus.json"), "documents");
    size_t count = json_array_size(documents), half = count / 2;
    struct bench_document *texts = ARENA_ARRAY(&bench->arena, struct bench_document, count + 3);
    texts[0] = bench_text("dropped dropped dropped dropped", "train");
    for (size_t i = 0; i < count; i++) {
        const json_t *text = json_array_get(documents, i);
        texts[i + 1] = (struct bench_document){json_string_value(text), "train", json_string_length(text)};
    }
    texts[count + 1] = bench_text("validated validated validated", "validation");
    texts[count + 2] = bench_text("tested tested tested tested", "test");
    bench_documents(bench, 0, texts, half, "{\"drop\":[{\"row\":0,\"id\":\"aa\",\"duplicate_of\":\"bb\"}]}");
    bench_documents(bench, 1, texts + half, count + 3 - half, "{\"drop\":[]}");
}

static void set(struct bench *bench, const char *path, const char *value)
{
    struct err err;
    const struct option *option = option_find(tokenize_info.sections[0], path);
    bench_check(option_set(option, &bench->arena, bench->config, value, &err), &err);
}

static json_t *learned(struct bench *bench)
{
    struct err err;
    struct map map;
    bench_check(tokenize_learn(&bench->task, bench->config, &err), &err);
    bench_check(store_map(&bench->store, &bench->arena, bench_output(bench, "tokenizer", 0), &map, &err), &err);
    json_t *root = json_read(&bench->arena, map.data, map.size, &err);
    bench_check(root != NULL, &err);
    bench_check(tokenizer_load(&bench->arena, map.data, map.size, &err) != NULL, &err);
    return root;
}

static void as_recorded(const char *name, const char *vocabulary, const char *longest, int threads)
{
    struct bench bench;
    bench_open(&bench, &tokenize_info, "tokenize.learn");
    bench_threads(&bench, threads);
    add_corpus(&bench);
    set(&bench, "vocabulary", vocabulary);
    set(&bench, "max_token_length", longest);
    json_t *ours = learned(&bench), *theirs = recorded(&bench.arena, name);
    const json_t *model = json_object_get(ours, "model"), *their_model = json_object_get(theirs, "model");
    OK(json_equal(json_object_get(model, "vocab"), json_object_get(their_model, "vocab")), "%s: vocabulary", name);
    OK(json_equal(json_object_get(model, "merges"), json_object_get(their_model, "merges")), "%s: merges", name);
    OK(json_equal(ours, theirs), "%s: all of the file, %d threads", name, threads);
    OK(bench_counter(&bench, "vocabulary") == (int64_t)json_object_size(json_object_get(model, "vocab")), "counted");
    bench_close(&bench);
}

static void nothing_to_learn_from(void)
{
    struct bench bench;
    struct err err;
    const struct bench_document texts[] = {bench_text("all of it is tested", "test")};
    bench_open(&bench, &tokenize_info, "tokenize.learn");
    bench_documents(&bench, 0, texts, 1, "{\"drop\":[]}");
    OK(!tokenize_learn(&bench.task, bench.config, &err), "no training document");
    SAME(err.text,
         "no document is left to learn from; why they were dropped: tidemill psql -c 'select * from "
         "report.drop_reason'",
         "says where to look");
    bench_close(&bench);
}

int main(void)
{
    as_recorded("tokenizer.json", "800", "0", 1);
    as_recorded("tokenizer.json", "800", "0", 3);
    as_recorded("short.json", "600", "8", 2);
    nothing_to_learn_from();
    return DONE();
}
