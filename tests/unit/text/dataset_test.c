#include "lib/text/dataset.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

static struct arena arena;
static struct err err;
static struct store store;

/* A shard of so many documents, "<name><row>", every third one of split test. */
static struct digest shard(const char *name, int count)
{
    struct digest digest;
    int64_t bytes;
    struct document_writer *writer = document_writer_new(&arena);
    for (int i = 0; i < count; i++) {
        struct document document = {.source = name};
        document.text = arena_printf(&arena, "%s%d", name, i);
        document.bytes = strlen(document.text);
        document_id(name, "", i, document.id);
        document_set(&document, &arena, "split", i % 3 == 2 ? "test" : "train");
        document_writer_add(writer, &document);
    }
    if (!document_writer_keep(writer, &store, &digest, &bytes, &err))
        printf("# %s\n", err.text);
    return digest;
}

static struct digest put(const char *text)
{
    struct digest digest;
    if (!store_put(&store, text, strlen(text), &digest, &err))
        printf("# %s\n", err.text);
    return digest;
}

/* The texts of a split, separated by blanks; NULL on an error. */
static const char *texts(const struct dataset_shard *shards, size_t count, const char *split)
{
    struct buf out;
    struct document document;
    bool end = false;
    buf_init(&out, &arena);
    struct dataset_reader *reader = dataset_reader_open(&store, &arena, shards, count, split, &err);
    while (reader != NULL && dataset_reader_next(reader, &arena, &document, &end, &err))
        buf_printf(&out, "%s%s", out.len > 0 ? " " : "", document.text);
    return end ? out.data : NULL;
}

int main(void)
{
    char folder[] = "/tmp/dataset_test.XXXXXX";
    arena_init(&arena);
    if (mkdtemp(folder) == NULL || !store_open(&store, &arena, folder, &err))
        return 1;
    struct dataset_shard shards[] = {{shard("a", 5), put("{\"drop\":[{\"row\":0},{\"row\":4}]}")},
                                     {shard("b", 0), put("{\"drop\":[]}")},
                                     {shard("c", 3), put("{\"drop\":[]}")}};
    SAME(texts(shards, 3, NULL), "a1 a2 a3 c0 c1 c2", "all that is not dropped, in order");
    SAME(texts(shards, 3, "test"), "a2 c2", "one split");
    SAME(texts(shards, 3, "validation"), "", "a split without documents");
    SAME(texts(shards, 0, NULL), "", "no shards");
    shards[2].drop = put("{\"drop\":[{\"row\":1},{\"row\":1}]}");
    OK(texts(shards, 3, NULL) == NULL, "rows of a drop list must ascend");
    SAME(err.text, "drop list: row 1 is missing or out of order", "which is told");
    shards[2].drop = put("{\"drop\":[{\"row\":3}]}");
    OK(texts(shards, 3, NULL) == NULL && err.code == ERR_INPUT, "a drop list of another shard");
    SAME(err.text, "a drop list names row 3 of a shard of 3 documents", "is told");
    shards[2].drop = put("{\"rows\":[]}");
    OK(texts(shards, 3, NULL) == NULL, "what is no drop list");
    SAME(err.text, "drop list: it has no list \"drop\"", "is told");
    shards[2].drop = shards[0].clean;
    OK(texts(shards, 3, NULL) == NULL && err.code == ERR_INPUT, "what is no JSON is refused");
    shards[2].clean = digest_of("absent", 6);
    OK(texts(shards, 3, NULL) == NULL && err.code == ERR_DAMAGED, "a missing shard");
    OK(folder_remove(folder, &err), "the end");
    arena_release(&arena);
    return DONE();
}
