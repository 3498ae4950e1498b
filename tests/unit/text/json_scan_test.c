#include "lib/base/json.h"
#include "lib/text/json_scan.h"
#include "tests/unit/tap.h"

static struct arena arena;

static bool accepts(const char *text, size_t len)
{
    const char *from;
    struct json_scan scan = {text, text + len, &arena, NULL};
    return json_scan_skip(&scan, &from, &len) && json_scan_end(&scan);
}

/* jansson's word on the same text, which is an array so that both take it. */
static bool jansson_accepts(const char *text, size_t len)
{
    json_error_t error;
    json_t *value = json_loadb(text, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    json_decref(value);
    return value != NULL;
}

/* Texts that are JSON, each with one byte replaced, left out or put in: judged as jansson judges them. */
static void test_against_jansson(void)
{
    static const char *const seeds[] = {
        "{\"a\":[1,-2.5e+3,0.1E-7,true,false,null],\"b\":{\"c\":\"d\"}}",
        "[\"\\u00e9\\ud83c\\udf0a\\n\\\"\\\\\\/\\b\\f\\r\\t\",\"\xe6\xbd\xae\",{},[],[[]],0,-0]",
        " { \"key\" : \"value\" ,\n\t\"other\" : [ 1 , 2 ] } ",
    };
    static const char bytes[] = "{}[]\",:\\0123456789eE+-.tfn u\t\n\x01\xff";
    size_t differ = 0, tried = 0;
    for (size_t s = 0; s < sizeof seeds / sizeof *seeds; s++)
        for (size_t i = 0, len = strlen(seeds[s]); i < len; i++)
            for (size_t b = 0; b < sizeof bytes - 1; b++)
                for (int kind = 0; kind < 3; kind++) {
                    struct buf text;
                    buf_init(&text, &arena);
                    buf_add(&text, seeds[s], i);
                    if (kind != 0)
                        buf_char(&text, bytes[b]);
                    size_t skip = kind == 2 ? 0 : 1;
                    buf_add(&text, seeds[s] + i + skip, len - i - skip);
                    bool ours = accepts(text.data, text.len), theirs = jansson_accepts(text.data, text.len);
                    if (ours != theirs && differ++ < 3)
                        printf("# %s: %s\n", text.data, ours ? "accepted" : "refused");
                    tried++;
                    arena_clear(&arena);
                }
    OK(differ == 0, "%zu texts are judged as jansson judges them", tried);
}

static void test_depth(void)
{
    struct buf text;
    buf_init(&text, &arena);
    for (int i = 0; i < JSON_DEPTH; i++)
        buf_char(&text, '[');
    for (int i = 0; i < JSON_DEPTH; i++)
        buf_char(&text, ']');
    OK(accepts(text.data, text.len), "nested as deep as is allowed");
    OK(!accepts(arena_printf(&arena, "[%s]", text.data), text.len + 2), "and deeper");
}

static void test_string(void)
{
    static const char text[] = " \"a\\u0000\\ud83c\\udf0a\\n\xc3\xa9\" x";
    const char *value;
    size_t len;
    struct json_scan scan = {text, text + sizeof text - 1, &arena, NULL};
    OK(json_scan_string(&scan, &value, &len) && len == 9 && memcmp(value, "a\0\xf0\x9f\x8c\x8a\n\xc3\xa9", 10) == 0,
       "a string is decoded");
    OK(json_peek(&scan) == 'x' && !json_scan_end(&scan), "and what follows it is next");
    SAME(scan.problem, "something follows the end of the value", "which is told");
}

int main(void)
{
    arena_init(&arena);
    test_against_jansson();
    test_depth();
    test_string();
    arena_release(&arena);
    return DONE();
}
