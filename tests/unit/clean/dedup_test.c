/* dedup: of equal texts the smallest id stays, whatever the order of shards. */
#include "clean/clean.h"
#include "clean/signature.h"
#include "tests/unit/bench.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccc"
#define D "dddddddddddddddddddddddddddddddd"

static bool near;

static struct signature row(const char *id, const char *text)
{
    struct signature signature = {.content = digest_of(text, strlen(text)), .bytes = (int64_t)strlen(text)};
    hex_decode(id, SIGNATURE_ID, signature.id);
    return signature;
}

static void shard(struct bench *bench, const char *role, int64_t ordinal, const char *source, struct signature *item,
                  size_t count)
{
    struct err err;
    struct buf file;
    struct digest digest;
    struct signatures signatures = {source, near, item, count};
    buf_init(&file, &bench->arena);
    signatures_write(&signatures, &file);
    if (strcmp(role, "clean") == 0)
        buf_char(&file, 'c'); /* stands for the clean shard, which is not read */
    bench_check(store_put(&bench->store, file.data, file.len, &digest, &err), &err);
    bench_link(bench, role, ordinal, &digest);
}

static const char *drops(struct bench *bench, int64_t shard)
{
    struct map map = bench_artifact(bench, "drop", shard);
    return arena_strndup(&bench->arena, map.data, map.size);
}

static void finds(void)
{
    struct bench bench;
    struct err err;
    struct clean config = {.duplicates_exact = true};
    struct signature first[] = {row(C, "same"), row(D, "other")}, second[] = {row(B, "same"), row(A, "once")};
    bench_open(&bench, &clean_info, "clean.dedup");
    shard(&bench, "clean", 0, "manual", first, 2);
    shard(&bench, "clean", 1, "tickets", second, 2);
    shard(&bench, "clean", 2, "tickets", NULL, 0);
    shard(&bench, "signature", 0, "manual", first, 2);
    shard(&bench, "signature", 1, "tickets", second, 2);
    shard(&bench, "signature", 2, "tickets", NULL, 0);
    bench_check(clean_dedup(&bench.task, &config, &err), &err);
    SAME(drops(&bench, 0), "{\"drop\":[{\"row\":0,\"id\":\"" C "\",\"duplicate_of\":\"" B "\"}]}",
         "the larger id goes");
    SAME(drops(&bench, 1), "{\"drop\":[]}", "the smallest stays");
    OK(bench.task.duplicate_count == 1 && strcmp(bench.task.duplicates[0].duplicate_of, B) == 0, "and it is recorded");
    const json_t *manifest = bench_json(&bench, "dataset", 0);
    OK(json_int_or(manifest, "documents", 0) == 3 && json_int_or(manifest, "bytes", 0) == 13, "what the dataset holds");
    const json_t *shards = json_object_get(manifest, "shards"), *second_shard = json_array_get(shards, 1);
    OK(json_array_size(shards) == 3 && json_int_or(second_shard, "documents", 0) == 2, "its shards");
    SAME(json_text_or(second_shard, "source", ""), "tickets", "their source");
    OK(bench_counter(&bench, "dropped_duplicate") == 1 && bench_counter(&bench, "documents_kept") == 3, "counters");

    config.duplicates_exact = false;
    bench.task.output_count = bench.task.duplicate_count = 0;
    bench_check(clean_dedup(&bench.task, &config, &err), &err);
    OK(bench.task.duplicate_count == 0, "not looked for, none is found");
    bench_close(&bench);
}

static void fails(void)
{
    struct bench bench;
    struct err err;
    struct clean config = {.duplicates_exact = true};
    struct signature item[] = {row(A, "text")};
    bench_open(&bench, &clean_info, "clean.dedup");
    shard(&bench, "clean", 4, "manual", item, 1);
    OK(!clean_dedup(&bench.task, &config, &err), "no signatures");
    SAME(err.text, "clean shard 4 has no signatures", "says whose");
    shard(&bench, "signature", 4, "manual", item, 1);
    bench.inputs[1].digest = bench.inputs[0].digest;
    OK(!clean_dedup(&bench.task, &config, &err), "damaged signatures");
    SAME(err.text, "signatures of shard 4: the signature file holds 57 bytes of records and names 1 of 56 bytes",
         "says whose");
    bench_close(&bench);
}

static void finds_near(void)
{
    static const char a[] =
        "The mill that stands by the sea grinds grain for the whole town with every tide that comes";
    static const char b[] = "The mill that stands by the sea grinds grain for the whole town with every tide that came";
    static const char c[] = "A quite different text about boats and ropes that has nothing to do with grinding grain";
    struct bench bench;
    struct err err;
    struct clean config = {.duplicates_exact = true, .duplicates_near = true};
    struct signature first[] = {row(B, b), row(C, c)}, second[] = {row(A, a), row(D, "few words")};
    near = true;
    bench_open(&bench, &clean_info, "clean.dedup");
    minhash_bands(&bench.arena, a, strlen(a), second[0].band);
    minhash_bands(&bench.arena, b, strlen(b), first[0].band);
    minhash_bands(&bench.arena, c, strlen(c), first[1].band);
    shard(&bench, "clean", 0, "manual", first, 2);
    shard(&bench, "clean", 1, "manual", second, 2);
    shard(&bench, "signature", 0, "manual", first, 2);
    shard(&bench, "signature", 1, "manual", second, 2);
    bench_check(clean_dedup(&bench.task, &config, &err), &err);
    SAME(drops(&bench, 0), "{\"drop\":[{\"row\":0,\"id\":\"" B "\",\"duplicate_of\":\"" A "\"}]}",
         "one word in eighteen differs");
    SAME(drops(&bench, 1), "{\"drop\":[]}", "the others stay");
    OK(bench_counter(&bench, "near_duplicates") == 1, "it is counted");
    bench_close(&bench);
    near = false;
}

int main(void)
{
    finds();
    finds_near();
    fails();
    return DONE();
}
