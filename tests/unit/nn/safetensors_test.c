/* safetensors: written and read again; hostile files are refused with the place. */
#include "lib/nn/safetensors.h"
#include "tests/unit/tap.h"

static void refuse(const char *header, size_t data, const char *want)
{
    struct arena arena;
    struct buf file;
    struct safetensors read;
    struct err err = {0};
    arena_init(&arena);
    buf_init(&file, &arena);
    size_t len = strlen(header);
    for (int i = 0; i < 8; i++)
        buf_char(&file, (char)(len >> (8 * i) & 0xff));
    buf_add(&file, header, len);
    for (size_t i = 0; i < data; i++)
        buf_char(&file, 'x');
    OK(!safetensors_read(&arena, file.data, file.len, &read, &err) && err.code == ERR_INPUT, "refused: %s", want);
    SAME(err.text, want, "and says so");
    arena_release(&arena);
}

#define ENTRY(shape, from, to) "{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":[" from "," to "]}"

static void test_hostile(void)
{
    refuse("[]", 0, "safetensors: the header is not a JSON object");
    refuse("{\"a\":3}", 0, "safetensors: a: not an object");
    refuse("{\"a\":{\"dtype\":\"F99\"}}", 0, "safetensors: a: unknown dtype \"F99\"");
    refuse("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1]}}", 0, "safetensors: a: shape holds something that is no size");
    refuse("{\"a\":" ENTRY("[4294967296,4294967296]", "0", "8") "}", 8, "safetensors: a: shape is too large");
    refuse("{\"a\":" ENTRY("[2]", "0", "12") "}", 8,
           "safetensors: a: data_offsets [0, 12] lie outside the 8 bytes of data");
    refuse("{\"a\":" ENTRY("[2]", "-8", "0") "}", 8,
           "safetensors: a: data_offsets [-8, 0] lie outside the 8 bytes of data");
    refuse("{\"a\":" ENTRY("[3]", "0", "8") "}", 8, "safetensors: a: has 8 bytes where its shape needs 12");
    refuse("{\"a\":" ENTRY("[2]", "0", "8") ",\"b\":" ENTRY("[2]", "4", "12") "}", 12,
           "safetensors: b: its data overlap or leave a hole before them");
    refuse("{\"a\":" ENTRY("[2]", "0", "8") "}", 9, "safetensors: 1 bytes at the end belong to no tensor");
    refuse("{\"__metadata__\":{\"x\":1}}", 0, "safetensors: __metadata__.x is not a text");
}

static void test_length(void)
{
    struct arena arena;
    struct safetensors read;
    struct err err = {0};
    arena_init(&arena);
    OK(!safetensors_read(&arena, "\377\377\377\377\377\377\377\377{}", 10, &read, &err), "an absurd length is refused");
    SAME(err.text, "safetensors: the header's length 18446744073709551615 does not fit a file of 10 bytes",
         "and says so");
    arena_release(&arena);
}

static void test_round_trip(void)
{
    struct arena arena;
    struct buf file;
    struct safetensors read;
    struct err err = {0};
    const float a[6] = {1, 2, 3, 4, 5, 6}, b[1] = {7};
    struct tensor tensors[2] = {
        {.name = "a", .type = "F32", .shape = {2, 3}, .dimensions = 2, .data = a, .bytes = sizeof a},
        {.name = "b\"", .type = "F32", .dimensions = 0, .data = b, .bytes = sizeof b}};
    arena_init(&arena);
    buf_init(&file, &arena);
    json_t *metadata = json_keep(&arena, json_pack("{s:s}", "step", "12"));
    safetensors_head(&file, tensors, 2, metadata);
    OK(file.len % 64 == 0, "data start at a multiple of 64");
    buf_add(&file, a, sizeof a);
    buf_add(&file, b, sizeof b);
    OK(safetensors_read(&arena, file.data, file.len, &read, &err) && read.count == 2, "what is written is read");
    const struct tensor *t = safetensors_find(&read, "a");
    OK(t != NULL && t->dimensions == 2 && t->shape[1] == 3 && memcmp(t->data, a, sizeof a) == 0, "a tensor comes back");
    t = safetensors_find(&read, "b\"");
    OK(t != NULL && t->dimensions == 0 && memcmp(t->data, b, sizeof b) == 0, "so does a single number");
    SAME(json_text_or(read.metadata, "step", ""), "12", "metadata come back");
    SAME(json_text_or(read.metadata, "format", ""), "pt", "transformers' format is said");
    arena_release(&arena);
}

int main(void)
{
    test_hostile();
    test_length();
    test_round_trip();
    return DONE();
}
