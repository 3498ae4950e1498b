#include "lib/base/file.h"
#include "lib/store/compress.h"
#include "tests/unit/base/starve.h"
#include "tests/unit/tap.h"

static struct arena arena;
static struct err err;

static bool unpacks(const char *data, size_t len, int64_t limit, const char *want, size_t want_len)
{
    struct buf out;
    buf_init(&out, &arena);
    return decompress(&out, data, len, limit, &err) && out.len == want_len && memcmp(out.data, want, want_len) == 0;
}

static const char *refusal(const char *data, size_t len, int64_t limit)
{
    struct buf out;
    buf_init(&out, &arena);
    return decompress(&out, data, len, limit, &err) ? NULL : err.text;
}

/* Whatever is missing at the end of a file is noticed. */
static void test_truncation(const char *name, const char *data, size_t len)
{
    size_t unnoticed = 0;
    for (size_t cut = 8; cut < len; cut++)
        unnoticed += refusal(data, cut, 1 << 20) == NULL;
    OK(unnoticed == 0, "%s, cut off anywhere", name);
}

/* A flipped bit is found by the check sum, or sooner, or it was none of the content's. */
static void test_damage(const char *name, const char *data, size_t len, const char *want)
{
    size_t wrong = 0, refused = 0;
    for (size_t i = 8; i < len; i++) {
        char *copy = arena_copy(&arena, data, len);
        struct buf out;
        buf_init(&out, &arena);
        copy[i] = (char)(copy[i] ^ 0x10);
        bool good = decompress(&out, copy, len, 1 << 20, &err);
        refused += !good;
        wrong += good && strcmp(out.data, want) != 0;
    }
    OK(wrong == 0 && refused > len / 2, "%s, damaged anywhere, never gives other text", name);
}

static void test_file(const char *name, const char *want)
{
    struct buf file;
    if (!OK(file_read(&arena, arena_printf(&arena, "tests/data/ingest/%s", name), &file, &err), "%s", name))
        return;
    OK(unpacks(file.data, file.len, 1 << 20, want, strlen(want)), "it is unpacked");
    test_truncation(name, file.data, file.len);
    test_damage(name, file.data, file.len, want);
}

struct work {
    struct buf in, out;
};

static void pack(void *context)
{
    struct work *work = context;
    (void)!compress_zstd(&work->out, work->in.data, work->in.len, &err);
}

static void unpack(void *context)
{
    struct work *work = context;
    (void)!decompress(&work->out, work->in.data, work->in.len, 1 << 20, &err);
}

/* There is room for what comes out, but none for the libraries. */
static void test_memory(void)
{
    char said[256];
    struct work work;
    if (STARVE_CANNOT || !OK(file_read(&arena, "tests/data/ingest/page.html.xz", &work.in, &err), "a packed file"))
        return;
    buf_init(&work.out, &arena);
    buf_reserve(&work.out, 4 << 20);
    OK(starve(unpack, &work, said) == ARENA_EXHAUSTED, "without memory to unpack the process ends as ours do");
    SAME(said, "out of memory: liblzma was refused room to unpack\n", "and says so");
    OK(starve(pack, &work, said) == ARENA_EXHAUSTED, "so it does without memory to pack");
    SAME(said, "out of memory: zstd was refused room to pack\n", "and says so");
}

int main(void)
{
    struct buf text, packed, again;
    arena_init(&arena);
    buf_init(&text, &arena);
    buf_init(&packed, &arena);
    buf_init(&again, &arena);
    for (int i = 0; i < 100000; i++)
        buf_printf(&text, "line %d\n", i % 977);
    OK(compress_zstd(&packed, text.data, text.len, &err) && packed.len < text.len / 10, "text gets smaller");
    OK(compress_zstd(&again, text.data, text.len, &err) && again.len == packed.len &&
           memcmp(again.data, packed.data, packed.len) == 0,
       "the same bytes every time");
    OK(unpacks(packed.data, packed.len, (int64_t)text.len, text.data, text.len), "and comes back, at the very limit");
    SAME(refusal(packed.data, packed.len, (int64_t)text.len - 1),
         arena_printf(&arena, "unpacks to more than %zu bytes", text.len - 1), "one byte over the limit is refused");
    buf_add(&again, packed.data, packed.len);
    buf_add(&text, arena_copy(&arena, text.data, text.len), text.len);
    OK(unpacks(again.data, again.len, (int64_t)text.len, text.data, text.len), "two frames are one stream");
    OK(unpacks("plain", 5, 5, "plain", 5) && unpacks("", 0, 0, "", 0), "what is not packed is copied");
    SAME(refusal("plain", 5, 4), "has 5 bytes, more than 4", "within the limit");
    test_file("page.html.xz", "<p>packed page</p>");
    test_file("lines.jsonl.zst", "{\"id\": \"a\", \"text\": \"one\"}\n{\"id\": \"b\", \"text\": \"two\"}");
    struct buf lz4, gzip;
    OK(file_read(&arena, "tests/data/ingest/main_Packages.lz4", &lz4, &err), "main_Packages.lz4");
    test_truncation("lz4", lz4.data, lz4.len);
    OK(file_read(&arena, "tests/data/ingest/members.txt.gz", &gzip, &err) &&
           unpacks(gzip.data, gzip.len, 100, "first member\nsecond member\n", 27),
       "two members are one stream");
    SAME(refusal(gzip.data, gzip.len - 1, 100), "gzip: ends too early", "a gzip that is cut off");
    gzip.data[20] = (char)(gzip.data[20] ^ 1);
    OK(refusal(gzip.data, gzip.len, 100) != NULL && strncmp(err.text, "gzip: damaged: ", 15) == 0,
       "one that is damaged");
    test_memory();
    arena_release(&arena);
    return DONE();
}
