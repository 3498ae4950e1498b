/* encode: shards per split with the recorded ids, the same bytes on any number of threads, and what is refused. */
#include "lib/text/token_shard.h"
#include "lib/text/tokenizer.h"
#include "tests/unit/bench.h"
#include "tests/unit/text/recorded.h"
#include "tokenize/tokenize.h"

static const char *const files[] = {"train_bin",      "train_idx", "train_ids", "validation_bin", "validation_idx",
                                    "validation_ids", "test_bin",  "test_idx",  "test_ids"};

static void add_tokenizer(struct bench *bench, const char *from, const char *to)
{
    struct err err;
    struct map map;
    bench_check(file_map(&bench->arena, "tests/data/tokenize/tokenizer.json", &map, &err), &err);
    char *json = arena_strndup(&bench->arena, map.data, map.size), *at = from == NULL ? NULL : strstr(json, from);
    if (at != NULL)
        json = arena_printf(&bench->arena, "%.*s%s%s", (int)(at - json), json, to, at + strlen(from));
    bench_input(bench, "tokenizer", 0, json, strlen(json));
}

/* Every recorded text that a document can be; the splits take turns, and row 1 is dropped. */
static size_t add_texts(struct bench *bench, struct bench_document *texts, const json_t **rows)
{
    static const char *const splits[] = {"train", "validation", "train"};
    size_t i, count = 0;
    const json_t *texts_recorded = json_object_get(recorded(&bench->arena, "encoded.json"), "texts");
    json_t *row;
    json_array_foreach(texts_recorded, i, row)
    {
        struct buf text;
        buf_init(&text, &bench->arena);
        recorded_text(row, &text);
        rows[count] = row;
        texts[count] = (struct bench_document){text.data, splits[count % 3], text.len};
        count++;
    }
    bench_documents(bench, 0, texts, count, "{\"drop\":[{\"row\":1,\"id\":\"aa\",\"duplicate_of\":\"bb\"}]}");
    return count;
}

static struct token_shard open_split(struct bench *bench, const char *bin, const char *idx)
{
    struct err err;
    struct token_shard shard;
    bench_check(token_shard_open(&bench->store, &bench->arena, bench_output(bench, bin, 0), bench_output(bench, idx, 0),
                                 &shard, &err),
                &err);
    return shard;
}

static bool same_document(const struct token_shard *shard, size_t number, const json_t *runs)
{
    size_t i;
    json_t *run;
    int64_t at = shard->offsets[number], end = at + shard->lengths[number];
    json_array_foreach(runs, i, run)
    {
        for (int64_t times = json_integer_value(json_array_get(run, 1)); times > 0; times--) {
            int32_t id;
            token_shard_read(shard, at++, 1, &id);
            if (at >= end || id != json_integer_value(json_array_get(run, 0)))
                return false;
        }
    }
    int32_t last;
    token_shard_read(shard, at, 1, &last);
    return at + 1 == end && last == 0; /* <|endoftext|> */
}

static void check_recorded(int threads, struct digest digests[9])
{
    struct bench bench;
    struct err err;
    struct bench_document texts[400];
    const json_t *rows[400];
    bench_open(&bench, &tokenize_info, "tokenize.encode");
    bench_threads(&bench, threads);
    add_tokenizer(&bench, NULL, NULL);
    size_t count = add_texts(&bench, texts, rows), next[2] = {0, 0}, bad = 0;
    bench_check(tokenize_encode(&bench.task, NULL, &err), &err);
    struct token_shard shards[2] = {open_split(&bench, "train_bin", "train_idx"),
                                    open_split(&bench, "validation_bin", "validation_idx")};
    for (size_t i = 0; i < count; i++) {
        if (i == 1)
            continue;
        size_t split = strcmp(texts[i].split, "validation") == 0;
        bad += !same_document(&shards[split], next[split]++, json_object_get(rows[i], "ids"));
    }
    OK(bad == 0, "%d threads: every document has its ids, in its split and order", threads);
    OK((int64_t)next[0] == shards[0].documents && (int64_t)next[1] == shards[1].documents, "and there are no others");
    OK(open_split(&bench, "test_bin", "test_idx").documents == 0, "a split without documents");
    OK(bench_counter(&bench, "documents") == (int64_t)count - 1 &&
           bench_counter(&bench, "tokens") == shards[0].tokens + shards[1].tokens &&
           bench_counter(&bench, "tokens_validation") == shards[1].tokens,
       "counters");
    for (size_t i = 0; i < 9; i++)
        digests[i] = *bench_output(&bench, files[i], 0);
    bench_close(&bench);
}

static void refused(const char *from, const char *to, const char *split, const char *message)
{
    struct bench bench;
    struct err err = {.text = ""};
    const struct bench_document texts[] = {bench_text("the tide", split)};
    bench_open(&bench, &tokenize_info, "tokenize.encode");
    add_tokenizer(&bench, from, to);
    bench_documents(&bench, 0, texts, 1, "{\"drop\":[]}");
    OK(!tokenize_encode(&bench.task, NULL, &err), "refused");
    char id[DOCUMENT_ID];
    document_id("bench", "text", 0, id);
    SAME(err.text,
         strstr(message, "%s") == NULL ? message : arena_printf(&bench.arena, "document %s%s", id, message + 2),
         "says why");
    bench_close(&bench);
}

int main(void)
{
    struct digest one[9], three[9];
    check_recorded(1, one);
    check_recorded(3, three);
    OK(memcmp(one, three, sizeof one) == 0, "the same bytes on one thread and on three");
    refused(NULL, NULL, "trial", "%s: its split is \"trial\", not train, validation or test");
    refused(NULL, NULL, NULL, "%s: its split is \"\", not train, validation or test");
    refused("\"content\": \"<|endoftext|>\"", "\"content\": \"<|end|>\"", "train",
            "the tokenizer has no <|endoftext|>");
    refused("\"type\": \"BPE\"", "\"type\": \"WordLevel\"", "train", "tokenizer.json: its model is not BPE");
    return DONE();
}
