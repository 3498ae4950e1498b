/* layers of files: what is read and written without a service. */
#include "lib/base/file.h"
#include "lib/base/pool.h"
#include "lib/flow/definition.h"
#include "lib/store/compress.h"
#include "lib/store/mark.h"
#include "lib/text/document.h"
#include "lib/text/token_shard.h"
#include "tests/call/layer.h"

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

/* Artifacts: put at once and in pieces, asked for, verified, read, removed. */
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
        !store_map(&store, arena, &whole, &map, err) || !store_verify(&store, &pieces, err) ||
        !store_readable(&store, &whole, err))
        return false;
    digest_add(made, map.data, map.size);
    digest_add(made, pieces.byte, sizeof pieces.byte);
    return store_remove(&store, &pieces, err);
}

/* The mark of a store that has none, and of one whose mark is damaged. Which ids are drawn is of no matter. */
static bool work_mark(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    char id[UUID_TEXT], again[UUID_TEXT];
    if (!mark_make(folder, id, err) || !mark_make(folder, again, err) || !mark_check(folder, id, err))
        return false;
    if (strcmp(id, again) != 0)
        return err_set(err, ERR_INTERNAL, "/store.id is another one");
    test_begins();
    bool damaged = file_write(path_join(arena, folder, "store.id"), "?", 1, err);
    test_ends();
    if (!damaged || !mark_make(folder, again, err) || !mark_check(folder, again, err))
        return false;
    digest_add(made, content, sizeof content);
    return true;
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

static void square(void *squares, size_t from, size_t to, int thread)
{
    (void)thread;
    for (size_t i = from; i < to; i++)
        ((int64_t *)squares)[i] = (int64_t)(i * i);
}

/* Threads that share a loop. */
static bool work_pool(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    enum { COUNT = 1000 };
    int64_t *squares = ARENA_ARRAY(arena, int64_t, COUNT);
    struct pool *pool = pool_new(3);
    (void)folder, (void)err;
    pool_for(pool, COUNT, 1, square, squares);
    pool_free(pool);
    digest_add(made, squares, COUNT * sizeof *squares);
    return true;
}

const struct layer base_layers[] = {{"file", work_file},
                                    {"store", work_store},
                                    {"mark", work_mark},
                                    {"compress", work_compress},
                                    {"document", work_document},
                                    {"tokens", work_tokens},
                                    {"definition", work_definition},
                                    {"pool", work_pool},
                                    {NULL, NULL}};
