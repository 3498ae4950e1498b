#include "lib/base/buf.h"
#include "tests/unit/tap.h"

static void test_json(struct arena *arena)
{
    struct buf buf;
    buf_init(&buf, arena);
    buf_json(&buf, "a\"\\\n\r\t\x01z\0!", 10);
    SAME(buf.data, "\"a\\\"\\\\\\n\\r\\t\\u0001z\\u0000!\"", "a JSON string is escaped, NUL too");
}

static void test_growth(struct arena *arena)
{
    struct buf buf;
    buf_init(&buf, arena);
    OK(buf.data[0] == '\0', "an empty buffer is an empty text");
    for (int i = 0; i < 100000; i++)
        buf_printf(&buf, "%d,", i % 10);
    OK(buf.len == 200000 && buf.data[buf.len] == '\0', "it grows and stays ended by NUL");
    OK(memcmp(buf.data + 199980, "0,1,2,3,4,5,6,7,8,9,", 20) == 0, "and keeps its bytes");
    buf_clear(&buf);
    buf_text(&buf, "again");
    buf_char(&buf, '.');
    SAME(buf.data, "again.", "and can be used again");
}

int main(void)
{
    struct arena arena;
    arena_init(&arena);
    test_json(&arena);
    test_growth(&arena);
    arena_release(&arena);
    return DONE();
}
