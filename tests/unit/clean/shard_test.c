/* shard: one outcome per document, the same bytes on any number of threads, and what is left is what was recorded. */
#include "clean/clean.h"
#include "clean/signature.h"
#include "lib/store/compress.h"
#include "tests/unit/bench.h"

static const char *const page =
    "<html><body><nav>Home | About</nav><h1>Tides</h1><p>The tide that turns the wheel of the mill comes in twice a "
    "day, and the miller has to be up with it. Of all the mills on this coast it is the last to grind with the sea; "
    "the others stand in fields and have the wind to thank, or the river, for the flour that they "
    "sell.</p></body></html>";

static void add(struct bench *bench, struct document_writer *writer, int64_t ordinal, const char *text,
                const char *type)
{
    struct document document = {.text = text, .bytes = strlen(text), .source = "manual"};
    document_id("manual", "a.html", ordinal, document.id);
    document_set(&document, &bench->arena, "uri", "a.html");
    document_set(&document, &bench->arena, "content_type", type);
    document_set_number(&document, &bench->arena, "ordinal", ordinal);
    document_writer_add(writer, &document);
}

static void raw(struct bench *bench, int documents)
{
    struct err err;
    struct digest digest;
    int64_t bytes;
    struct document_writer *writer = document_writer_new(&bench->arena);
    add(bench, writer, 0, page, "text/html");
    add(bench, writer, 1, "too short", "text/plain");
    add(bench, writer, 2, "", "text/html");
    for (int i = 3; i < documents; i++)
        add(bench, writer, i, arena_printf(&bench->arena, "%s<p>This is page %d, and there is more to come.", page, i),
            "text/html; charset=utf-8");
    bench_check(document_writer_keep(writer, &bench->store, &digest, &bytes, &err), &err);
    bench_link(bench, "raw", 0, &digest);
}

static void open_bench(struct bench *bench, const char *spec)
{
    bench_open(bench, &clean_info, "clean.shard");
    bench_spec(bench, spec);
}

static void outcomes(struct bench *bench)
{
    struct err err;
    bench_check(clean_shard(&bench->task, bench->config, &err), &err);
    const struct document_record *record = bench->task.documents;
    OK(bench->task.document_count == 3, "one outcome per document");
    OK(record[0].rule == NULL && record[0].row == 0 && record[0].split != NULL && record[0].ordinal == 0, "kept");
    SAME(record[0].uri, "a.html", "its item");
    SAME(record[1].rule, "gopher.short", "dropped");
    NEAR(record[1].value, 2, 0, "by how much");
    NEAR(record[1].threshold, 50, 0, "and from what limit");
    OK(record[1].row == -1 && record[1].split == NULL && record[1].ordinal == 1, "it has no row");
    SAME(record[2].rule, "length.minimum", "empty");
    OK(bench_counter(bench, "documents_in") == 3 && bench_counter(bench, "documents_kept") == 1 &&
           bench_counter(bench, "dropped_gopher.short") == 1,
       "counters");
}

static void what_is_left(struct bench *bench)
{
    struct err err;
    bool end;
    struct document document;
    struct document_reader *reader =
        document_reader_open(&bench->store, &bench->arena, bench_output(bench, "clean", 0), &err);
    bench_check(reader != NULL, &err);
    bench_check(document_reader_next(reader, &bench->arena, &document, &end, &err), &err);
    OK(strncmp(document.text, "Tides\n\nThe tide that", 20) == 0, "its main text");
    SAME(document_get(&document, "language"), "en", "its language");
    SAME(document_get(&document, "split"), bench->task.documents[0].split, "its split");
    struct digest content = digest_of(document.text, document.bytes);
    OK(digest_equal(&content, &bench->task.documents[0].content), "the recorded digest is its text's");

    struct map map = bench_artifact(bench, "signature", 0);
    struct signatures signatures;
    bench_check(signatures_read(&bench->arena, map.data, map.size, &signatures, &err), &err);
    OK(signatures.count == 1 && digest_equal(&signatures.item[0].content, &content), "its signature");
    SAME(signatures.source, "manual", "its source");
}

static void threads(void)
{
    struct digest digest[2][2];
    for (int i = 0; i < 2; i++) {
        struct bench bench;
        struct err err;
        open_bench(&bench, "{\"source\":\"manual\"}");
        raw(&bench, 700);
        bench_threads(&bench, i == 0 ? 1 : 5);
        bench_check(clean_shard(&bench.task, bench.config, &err), &err);
        digest[i][0] = *bench_output(&bench, "clean", 0);
        digest[i][1] = *bench_output(&bench, "signature", 0);
        OK(bench_counter(&bench, "documents_kept") == 698, "more than two batches");
        bench_close(&bench);
    }
    OK(memcmp(digest[0], digest[1], sizeof digest[0]) == 0, "the same bytes on one thread and on five");
}

static void languages(void)
{
    struct bench bench;
    struct err err;
    const char *wanted[] = {"de"};
    open_bench(&bench, "{\"source\":\"manual\"}");
    raw(&bench, 3);
    ((struct clean *)bench.config)->language_keep = (struct texts){wanted, 1};
    bench_check(clean_shard(&bench.task, bench.config, &err), &err);
    SAME(bench.task.documents[0].rule, "language.score", "another language");
    NEAR(bench.task.documents[0].value, 0, 0, "none of it is German");
    NEAR(bench.task.documents[0].threshold, 0.65, 1e-12, "of which there should be");
    bench_close(&bench);
}

static void fails(void)
{
    struct bench bench;
    struct err err;
    open_bench(&bench, "{}");
    OK(!clean_shard(&bench.task, bench.config, &err), "no input");
    SAME(err.text, "clean.shard was given no raw shard", "says so");
    struct digest digest;
    struct buf line;
    buf_init(&line, &bench.arena);
    static const char bad[] = "{\"id\":\"zz\",\"text\":\"x\",\"source\":\"s\"}\n";
    bench_check(compress_zstd(&line, bad, strlen(bad), &err), &err);
    bench_check(store_put(&bench.store, line.data, line.len, &digest, &err), &err);
    bench_link(&bench, "raw", 0, &digest);
    OK(!clean_shard(&bench.task, bench.config, &err), "an id that is none");
    OK(err.code == ERR_INPUT && strstr(err.text, "line 1: column 11: \"id\" must have 32 hex digits") != NULL,
       "says where: %s", err.text);
    bench_close(&bench);
}

int main(void)
{
    struct bench bench;
    open_bench(&bench, "{\"source\":\"manual\"}");
    raw(&bench, 3);
    outcomes(&bench);
    what_is_left(&bench);
    bench_close(&bench);
    threads();
    languages();
    fails();
    return DONE();
}
