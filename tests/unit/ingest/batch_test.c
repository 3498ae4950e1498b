#include "ingest/batch.h"
#include "tests/unit/tap.h"

static struct arena arena;
static struct err err;

static void test_round_trip(void)
{
    struct buf batch;
    struct items items;
    struct item item = {"a \"b\"\n.txt", "/in/a \"b\"\n.txt", 7, digest_of("x", 1)};
    buf_init(&batch, &arena);
    batch_add(&batch, &item);
    item.uri = "潮";
    batch_add(&batch, &item);
    OK(batch_read(&arena, batch.data, batch.len, &items, &err) && items.count == 2, "a batch is read back");
    SAME(items.item[0].uri, "a \"b\"\n.txt", "any name");
    SAME(items.item[0].path, "/in/a \"b\"\n.txt", "any path");
    OK(items.item[1].size == 7 && digest_equal(&items.item[1].digest, &item.digest), "size and digest");
    buf_text(&batch, "{\"uri\":\"x\"}\n");
    OK(!batch_read(&arena, batch.data, batch.len, &items, &err), "a line that is no item");
    SAME(err.text, "batch, line 3: uri, path, size or digest is missing", "is told");
}

static void test_cuts(void)
{
    size_t cuts = 0, moved = 0;
    for (int i = 0; i < 100000; i++) {
        char name[16];
        int len = snprintf(name, sizeof name, "n%d", i);
        bool cut = cut_after(name, (size_t)len, 1500, 150000);
        cuts += cut;
        moved += cut != cut_after(name, (size_t)len, 1700, 150000);
    }
    NEAR((double)cuts, 1000, 120, "a cut about every target's worth of bytes");
    OK(moved == 0, "a somewhat larger item moves none");
    OK(cut_after("x", 1, 1 << 20, 1000), "an item as large as the target ends its batch");
    OK(!cut_after("x", 1, 0, 1 << 30), "an empty one hardly ever does");
}

int main(void)
{
    arena_init(&arena);
    test_round_trip();
    test_cuts();
    arena_release(&arena);
    return DONE();
}
