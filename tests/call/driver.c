/*
 * driver: one layer of lib/ at work, for tests/call/run: driver LAYER FOLDER. Prints `done DIGEST` of what it made, or
 * `error CODE: text`, and ends with the error's status. Run again on the same state it makes the same bytes. `driver
 * start FOLDER` and `driver stop FOLDER`: a private cluster for the layers that need one ($CALL_LEDGER).
 */
#include "lib/flow/definition.h"
#include "lib/ledger/cluster.h"
#include "lib/ledger/ledger.h"
#include "lib/store/compress.h"
#include "lib/text/document.h"
#include "lib/text/token_shard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char content[] = "what the tide brings, the mill grinds";

/* Files and folders: made, written, mapped, read, digested, removed. */
static bool work_file(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    const char *inner = path_join(arena, folder, "a/b"), *path = path_join(arena, folder, "a/b/file");
    struct buf text;
    struct map map;
    struct digest digest;
    int64_t bytes;
    if (!folder_make(inner, err) || !file_write(path, content, sizeof content, err) ||
        !file_read(arena, path, &text, err) || !file_map(arena, path, &map, err) ||
        !digest_of_file(path, &digest, &bytes, err))
        return false;
    digest_add(made, text.data, text.len);
    digest_add(made, map.data, map.size);
    digest_add(made, digest.byte, sizeof digest.byte);
    return folder_remove(path_join(arena, folder, "a"), err);
}

/* Artifacts: put at once and in pieces, asked for, verified, removed. */
static bool work_store(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct store store;
    struct digest whole, pieces;
    struct store_file *file;
    struct map map;
    int64_t bytes;
    if (!store_open(&store, arena, folder, err) || !store_put(&store, content, sizeof content, &whole, err) ||
        !(file = store_create(&store, arena, err)) || !store_write(file, content, 10, err) ||
        !store_write(file, content, 20, err) || !store_keep(file, &pieces, &bytes, err) ||
        !store_map(&store, arena, &whole, &map, err) || !store_verify(&store, &pieces, err))
        return false;
    digest_add(made, map.data, map.size);
    digest_add(made, pieces.byte, sizeof pieces.byte);
    return store_remove(&store, &pieces, err);
}

/* Each format that is read, and the one that is written. */
static bool work_compress(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    static const char *const files[] = {"tests/data/ingest/members.txt.gz", "tests/data/ingest/page.html.xz",
                                        "tests/data/ingest/lines.jsonl.zst", "tests/data/ingest/main_Packages.lz4"};
    struct buf packed, text;
    (void)folder;
    buf_init(&packed, arena);
    buf_init(&text, arena);
    if (!compress_zstd(&packed, content, sizeof content, err) ||
        !decompress(&text, packed.data, packed.len, 1 << 20, err))
        return false;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct map map;
        if (!file_map(arena, files[i], &map, err) || !decompress(&text, map.data, map.size, 1 << 20, err))
            return err_wrap(err, "%s", files[i]);
    }
    digest_add(made, text.data, text.len);
    return true;
}

static bool write_documents(struct arena *arena, const struct store *store, struct digest *shard, struct err *err)
{
    struct document_writer *writer = document_writer_new(arena);
    int64_t bytes;
    for (int i = 0; i < 3; i++) {
        struct document document = {.text = content, .bytes = sizeof content - 1, .source = "call"};
        document_id("call", "uri", i, document.id);
        document_set(&document, arena, "uri", "uri");
        document_set_number(&document, arena, "number", i);
        document_writer_add(writer, &document);
    }
    return document_writer_keep(writer, store, shard, &bytes, err);
}

static bool work_document(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct store store;
    struct digest shard;
    struct document document;
    struct document_reader *reader;
    bool end = false;
    if (!store_open(&store, arena, folder, err) || !write_documents(arena, &store, &shard, err) ||
        !(reader = document_reader_open(&store, arena, &shard, err)))
        return false;
    while (document_reader_next(reader, arena, &document, &end, err))
        digest_add(made, document.text, document.bytes);
    digest_add(made, shard.byte, sizeof shard.byte);
    return end;
}

static bool work_tokens(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    const int32_t ids[] = {1, 2, 3};
    int32_t read[6];
    int64_t bytes[3];
    struct store store;
    struct token_shard shard;
    struct digest bin, idx, sidecar, tokenizer = digest_of("tokenizer", 9);
    struct token_writer *writer = token_writer_new(arena, 1000, &tokenizer);
    if (!store_open(&store, arena, folder, err) || !token_writer_add(writer, "aa", ids, 3, err) ||
        !token_writer_add(writer, "bb", ids, 3, err) ||
        !token_writer_keep(writer, &store, &bin, &idx, &sidecar, bytes, err) ||
        !token_shard_open(&store, arena, &bin, &idx, &shard, err))
        return false;
    token_shard_read(&shard, 0, 6, read);
    digest_add(made, read, sizeof read);
    digest_add(made, sidecar.byte, sizeof sidecar.byte);
    return true;
}

static bool work_definition(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct definition definition;
    (void)folder;
    if (!definition_read(&definition, arena, "pipelines/quickstart.yaml", err) || !definition_valid(&definition, err))
        return false;
    digest_add(made, definition.bytes, definition.len);
    digest_add(made, &definition.root->weight, sizeof definition.root->weight);
    return true;
}

static bool fill(struct ledger *ledger, struct arena *arena, struct err *err)
{
    struct buf rows;
    buf_init(&rows, arena);
    for (int i = 0; i < 3; i++) {
        copy_int(&rows, i);
        copy_field(&rows, content);
        copy_end(&rows);
    }
    return ledger_sql(ledger, arena, "DELETE FROM public.call", NULL, err) &&
           ledger_exec(ledger, arena, STATEMENT_SOURCE_ENSURE, PARAMS("call"), NULL, err) &&
           ledger_copy(ledger, "public.call (a, b)", rows.data, rows.len, err);
}

/* One transaction of statements and a COPY, taken back where anything in it fails. */
static bool work_ledger(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct rows rows;
    struct ledger *ledger = ledger_open(arena, getenv("CALL_LEDGER"), folder, err);
    if (ledger == NULL || !ledger_begin(ledger, err))
        return false;
    if (!fill(ledger, arena, err)) {
        ledger_rollback(ledger);
        return false;
    }
    if (!ledger_commit(ledger, err) ||
        !ledger_sql(ledger, arena, "SELECT string_agg(a || b, ',' ORDER BY a) FROM public.call", &rows, err))
        return false;
    digest_add(made, row_text(&rows, 0, 0), strlen(row_text(&rows, 0, 0)));
    return true;
}

static bool work_migrate(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct rows rows;
    struct ledger *ledger = ledger_open(arena, getenv("CALL_LEDGER"), folder, err);
    if (ledger == NULL || !ledger_migrate(ledger, err) ||
        !ledger_exec(ledger, arena, STATEMENT_MIGRATION_LIST, NO_PARAMS, &rows, err))
        return false;
    digest_add(made, &rows.count, sizeof rows.count);
    return true;
}

static const struct {
    const char *name;
    bool (*work)(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err);
} layers[] = {{"file", work_file},         {"store", work_store},    {"compress", work_compress},
              {"document", work_document}, {"tokens", work_tokens},  {"definition", work_definition},
              {"ledger", work_ledger},     {"migrate", work_migrate}};

static int work(size_t layer, const char *folder)
{
    struct arena arena;
    struct err err = {.text = "nothing was said"};
    struct digest_stream made;
    char hex[DIGEST_HEX];
    arena_init(&arena);
    digest_begin(&made);
    bool good = layers[layer].work(&arena, folder, &made, &err);
    struct digest digest = digest_end(&made);
    digest_hex(&digest, hex);
    arena_release(&arena);
    if (good)
        printf("done %s\n", hex);
    else
        printf("error %s: %s\n", err_name(err.code), err.text);
    return good ? 0 : err_status(err.code);
}

/* The private cluster that the layers of the ledger use: prints how to reach it. */
static int cluster(bool start, const char *state)
{
    struct arena arena;
    struct err err;
    const char *conninfo = "";
    arena_init(&arena);
    bool good = start ? cluster_start(&arena, state, &conninfo, &err) : cluster_stop(state, &err);
    printf("%s\n", good ? conninfo : err.text);
    arena_release(&arena);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 3 && (strcmp(argv[1], "start") == 0 || strcmp(argv[1], "stop") == 0))
        return cluster(strcmp(argv[1], "start") == 0, argv[2]);
    for (size_t i = 0; argc == 3 && i < sizeof layers / sizeof *layers; i++)
        if (strcmp(argv[1], layers[i].name) == 0)
            return work(i, argv[2]);
    fprintf(stderr, "driver LAYER FOLDER\n");
    return 2;
}
