#include "lib/base/text.h"
#include "lib/store/compress.h"
#include "lib/text/document.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

static struct arena arena;
static struct err err;
static struct store store;

static void test_identity(void)
{
    char id[DOCUMENT_ID];
    /* printf 'manual\0mvcc.html\0000' | sha256sum | cut -c 1-32 */
    document_id("manual", "mvcc.html", 0, id);
    SAME(id, "75675864545d8a104a0bd50fdd90ba3c", "an id");
    char other[DOCUMENT_ID];
    document_id("manualm", "vcc.html", 0, other);
    OK(strcmp(id, other) != 0, "where source and uri part matters");
}

static void test_metadata(void)
{
    struct document document = {.text = ""};
    document_set(&document, &arena, "uri", "a");
    document_set_number(&document, &arena, "ordinal", 7);
    document_set(&document, &arena, "uri", "b");
    document_set(&document, &arena, "label", "x");
    SAME(document_get(&document, "uri"), "b", "metadata are replaced");
    SAME(document_get(&document, "ordinal"), "7", "numbers");
    document_set(&document, &arena, "ordinal", NULL);
    document_set(&document, &arena, "none", NULL);
    OK(document_get(&document, "ordinal") == NULL && document.meta_count == 2, "and removed");
}

static bool same(const struct document *a, const struct document *b)
{
    bool good = strcmp(a->id, b->id) == 0 && a->bytes == b->bytes && memcmp(a->text, b->text, a->bytes) == 0 &&
                strcmp(a->source, b->source) == 0 && (a->created == NULL) == (b->created == NULL) &&
                (a->created == NULL || strcmp(a->created, b->created) == 0) && a->meta_count == b->meta_count;
    for (size_t i = 0; good && i < a->meta_count; i++)
        good = strcmp(a->meta[i].key, b->meta[i].key) == 0 && strcmp(a->meta[i].value, b->meta[i].value) == 0 &&
               a->meta[i].number == b->meta[i].number;
    return good;
}

static void test_round_trip(void)
{
    static const char odd[] =
        "a \"quoted\" \\ text\n\t\r\b\f \x01\x1f\x7f with NUL \0 and \xe6\xbd\xae \xf0\x9f\x8c\x8a.";
    struct document documents[3] = {{.text = odd, .bytes = sizeof odd - 1, .source = "s\"1"},
                                    {.text = "", .source = "", .created = "2026-11-24T02:30:00Z"},
                                    {.text = "12345678\"", .bytes = 9, .source = "\xe6\xbd\xae"}};
    struct digest digest, again;
    int64_t bytes;
    bool end;
    for (int i = 0; i < 3; i++) {
        document_id("s", "u", i, documents[i].id);
        document_set(&documents[i], &arena, "uri", odd);
        document_set_number(&documents[i], &arena, "n", -i);
    }
    for (int round = 0; round < 2; round++) {
        struct document_writer *writer = document_writer_new(&arena);
        for (int i = 0; i < 3; i++)
            document_writer_add(writer, &documents[i]);
        OK(document_writer_count(writer) == 3 && document_writer_bytes(writer) == (int64_t)sizeof odd + 8, "counts");
        OK(document_writer_keep(writer, &store, round == 0 ? &digest : &again, &bytes, &err), "a shard is kept");
    }
    OK(digest_equal(&digest, &again), "the same bytes again");
    struct document_reader *reader = document_reader_open(&store, &arena, &digest, &err);
    struct document document;
    for (int i = 0; i < 3; i++)
        OK(document_reader_next(reader, &arena, &document, &end, &err) && !end && same(&document, &documents[i]),
           "document %d comes back", i);
    OK(!document_reader_next(reader, &arena, &document, &end, &err) && end, "then the end");
    OK(!document_reader_next(reader, &arena, &document, &end, &err) && end, "which stays");
}

static const char *refusal(const char *line)
{
    struct buf text, packed;
    struct digest digest;
    struct document document;
    bool end;
    static const char good[] = "{\"id\":\"00112233445566778899aabbccddeeff\",\"text\":\"\",\"source\":\"\"}\n";
    buf_init(&text, &arena);
    buf_init(&packed, &arena);
    buf_printf(&text, "%s%s\n", good, line);
    if (!compress_zstd(&packed, text.data, text.len, &err) ||
        !store_put(&store, packed.data, packed.len, &digest, &err))
        return NULL;
    struct document_reader *reader = document_reader_open(&store, &arena, &digest, &err);
    if (!document_reader_next(reader, &arena, &document, &end, &err) ||
        document_reader_next(reader, &arena, &document, &end, &err))
        return NULL;
    char hex[DIGEST_HEX];
    digest_hex(&digest, hex);
    const char *prefix = arena_printf(&arena, "shard %s, line 2: ", hex);
    return !end && err.code == ERR_INPUT && text_starts(err.text, prefix)
               ? arena_strdup(&arena, err.text + strlen(prefix))
               : NULL;
}

#define ID "\"id\":\"00112233445566778899aabbccddeeff\""

static void test_refusals(void)
{
    static const struct {
        const char *line, *error;
    } bad[] = {
        {"", "column 1: an object is wanted here"},
        {"[]", "column 1: an object is wanted here"},
        {"{" ID "}", "column 42: id, text or source is missing"},
        {"{\"id\":\"0011\"}", "column 13: \"id\" must have 32 hex digits"},
        {"{" ID "," ID "}", "column 47: a member is there twice"},
        {"{" ID ",\"text\":\"a\",\"source\":\"\"} x", "column 66: something follows the end of the value"},
        {"{" ID ",\"text\":\"a", "column 51: a string is not closed"},
        {"{" ID ",\"text\":\"a\tb\"}", "column 51: a control character stands in a string; it must be escaped"},
        {"{" ID ",\"text\":\"\\x\"}", "column 50: an unknown escape stands in a string"},
        {"{" ID ",\"text\":\"\\u12g4\"}", "column 50: \\u needs four hex digits"},
        {"{" ID ",\"text\":\"\\udc00\"}", "column 50: half of a surrogate pair stands alone"},
        {"{" ID ",\"text\":\"\xc0\xaf\"}", "column 50: a string is not valid UTF-8"},
        {"{" ID ",\"text\":7}", "column 49: a string is wanted here"},
        {"{" ID ",\"source\":\"a\\u0000\"}", "column 60: only the text of a document may hold a NUL"},
        {"{" ID ",\"what\":\"\"}", "column 49: a document has only id, text, source, created, added and metadata"},
        {"{" ID ",\"metadata\":{\"a\":[]}}", "column 58: metadata are texts or numbers"},
        {"{" ID ",\"metadata\":{\"a\":1,\"a\":2}}", "column 64: a key of the metadata is there twice or holds a NUL"},
        {"{" ID ",\"metadata\":{\"a\":1.}}", "column 58: a number ends in its point"},
        {"{" ID ",\"metadata\":{\"a\":01}}", "column 58: this is no value"},
        {"{" ID ",\"metadata\":{\"a\":1e}}", "column 58: a number's exponent has no digits"},
        {"{" ID " \"text\":\"\"}", "column 42: a comma or the end of an object is missing"},
        {"{" ID ",\"text\" \"\"}", "column 49: a colon is missing"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        SAME(refusal(bad[i].line), bad[i].error, bad[i].line);
}

int main(void)
{
    char folder[] = "/tmp/document_test.XXXXXX";
    arena_init(&arena);
    if (mkdtemp(folder) == NULL || !store_open(&store, &arena, folder, &err))
        return 1;
    test_identity();
    test_metadata();
    test_round_trip();
    test_refusals();
    OK(folder_remove(folder, &err), "the end");
    arena_release(&arena);
    return DONE();
}
