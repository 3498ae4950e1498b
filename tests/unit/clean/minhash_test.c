/* minhash and simplify: the same text and the same values as datatrove 0.10.1, from numpy's permutations. */
#include "clean/minhash.h"
#include "clean/simplify.h"
#include "tests/unit/clean/recorded.h"

#include <stdlib.h>

static void recorded_text(struct arena *arena, const json_t *text, size_t i)
{
    json_t *plain = json_object_get(text, "text"), *values = json_object_get(text, "values"), *one;
    const char *data = json_string_value(plain);
    size_t bytes = json_string_length(plain), k, same = 0;
    char name[64];
    struct buf simple;
    uint64_t value[MINHASH_HASHES];
    snprintf(name, sizeof name, "text %zu, simplified", i);
    buf_init(&simple, arena);
    simplify(&simple, data, bytes);
    SAME(simple.data, json_text_or(text, "simple", NULL), name);
    bool any = minhash_values(arena, data, bytes, value);
    OK(any == json_is_array(values), "text %zu has values, or too few words", i);
    if (!any)
        return;
    json_array_foreach(values, k, one) same += value[k] == strtoull(json_string_value(one), NULL, 10);
    OK(same == MINHASH_HASHES, "text %zu has %zu of 112 values", i, same);
}

int main(void)
{
    struct arena arena;
    struct buf file;
    struct err err;
    arena_init(&arena);
    buf_init(&file, &arena);
    if (!file_read(&arena, "tests/data/clean/minhash.json", &file, &err))
        BUG("%s", err.text);
    json_t *text, *root = json_read(&arena, file.data, file.len, &err);
    size_t i;
    json_array_foreach(json_object_get(root, "texts"), i, text) recorded_text(&arena, text, i);
    OK(i == 9, "all of the record");

    uint64_t a[MINHASH_BANDS], b[MINHASH_BANDS], none[MINHASH_BANDS];
    minhash_bands(&arena, "The mill grinds grain with the tide.", 36, a);
    minhash_bands(&arena, "the mill, grinds grain: with the TIDE", 37, b);
    minhash_bands(&arena, "too few words", 13, none);
    OK(memcmp(a, b, sizeof a) == 0 && a[0] != 0, "what differs in punctuation only has the same bands");
    OK(none[0] == 0 && none[13] == 0, "a text that is too short has none");
    arena_release(&arena);
    return DONE();
}
