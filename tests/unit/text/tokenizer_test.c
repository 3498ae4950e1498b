/*
 * tokenizer: ids against those of tokenizers, text back from ids for any bytes, long words in time proportional to
 * their length, and files that are refused.
 */
#include "lib/text/tokenizer.h"

#include "lib/base/clock.h"
#include "lib/base/mapping.h"
#include "tests/unit/text/recorded.h"

static struct tokenizer *load(struct arena *arena, const char *name)
{
    struct err err = {.text = ""};
    struct map map;
    struct tokenizer *tokenizer = NULL;
    if (file_map(arena, arena_printf(arena, "tests/data/tokenize/%s", name), &map, &err))
        tokenizer = tokenizer_load(arena, map.data, map.size, &err);
    if (tokenizer == NULL) {
        printf("Bail out! %s\n", err.text);
        exit(1);
    }
    return tokenizer;
}

static bool same_ids(const int32_t *ids, size_t count, const json_t *runs)
{
    size_t i, at = 0;
    json_t *run;
    json_array_foreach(runs, i, run)
    {
        for (int64_t times = json_integer_value(json_array_get(run, 1)); times > 0; times--, at++)
            if (at >= count || ids[at] != json_integer_value(json_array_get(run, 0)))
                return false;
    }
    return at == count;
}

static bool round_trip(struct tokenizer_cache *cache, const struct tokenizer *tokenizer, const char *text, size_t bytes)
{
    struct arena arena;
    struct buf back;
    arena_init(&arena);
    buf_init(&back, &arena);
    int32_t *ids = malloc(bytes * sizeof *ids); /* exactly: a sanitizer sees an id written past the end */
    tokenizer_decode(tokenizer, ids, tokenizer_encode(cache, text, bytes, ids), &back);
    bool same = back.len == bytes && memcmp(back.data, text, bytes) == 0;
    free(ids);
    arena_release(&arena);
    return same;
}

static void check_recorded(struct arena *arena, const struct tokenizer *tokenizer)
{
    size_t i, rows = 0;
    const json_t *texts = json_object_get(recorded(arena, "encoded.json"), "texts");
    json_t *row;
    struct buf text;
    struct tokenizer_cache *cache = tokenizer_cache_new(arena, tokenizer);
    buf_init(&text, arena);
    for (int again = 0; again < 2; again++) /* the second time words come from the cache */
        json_array_foreach(texts, i, row)
        {
            recorded_text(row, &text);
            int32_t *ids = ARENA_ARRAY(arena, int32_t, text.len);
            rows++;
            if (!same_ids(ids, tokenizer_encode(cache, text.data, text.len, ids), json_object_get(row, "ids")) ||
                !round_trip(cache, tokenizer, text.data, text.len))
                OK(false, "recorded text %zu has the ids of tokenizers", i);
        }
    OK(rows > 400, "%zu recorded texts have the ids of tokenizers", rows);
}

static void check_any_bytes(struct arena *arena, const struct tokenizer *tokenizer)
{
    uint64_t state = 2;
    size_t bad = 0;
    struct buf text;
    struct tokenizer_cache *cache = tokenizer_cache_new(arena, tokenizer);
    buf_init(&text, arena);
    for (int round = 0; round < 3000; round++) {
        draw_text(&state, &text, 1 + draw(&state, 100));
        if (round % 3 == 0)
            for (size_t i = 0; i < text.len; i++)
                text.data[i] = (char)draw(&state, 256);
        /* An exact copy, so that a sanitizer sees a byte read past the end. */
        char *exact = malloc(text.len);
        memcpy(exact, text.data, text.len);
        bad += !round_trip(cache, tokenizer, exact, text.len);
        free(exact);
    }
    OK(bad == 0, "any bytes come back");
    tokenizer_cache_free(cache);
}

/* Short words are merged in an array, middle ones with a heap on the stack, long ones with one in an arena. */
static void check_lengths(struct arena *arena, const struct tokenizer *tokenizer)
{
    struct tokenizer_cache *cache = tokenizer_cache_new(arena, tokenizer);
    uint64_t state = 5;
    size_t bad = 0;
    for (size_t length = 1; length < 1200; length += 1 + length / 8) {
        char word[1200];
        for (size_t i = 0; i < length; i++)
            word[i] = "themilnd"[draw(&state, 8)];
        bad += !round_trip(cache, tokenizer, word, length);
    }
    OK(bad == 0, "words of every length come back");
}

static void check_giant(struct arena *arena, const struct tokenizer *tokenizer, const char *piece, const char *name)
{
    size_t bytes = 10 << 20, length = strlen(piece);
    char *text = arena_alloc(arena, bytes + length);
    for (size_t at = 0; at < bytes; at += length)
        memcpy(text + at, piece, length);
    int64_t start = clock_mono_ns();
    bool same = round_trip(tokenizer_cache_new(arena, tokenizer), tokenizer, text, bytes);
    double seconds = clock_seconds_since(start);
    OK(same && seconds < 30, "10 MB of %s, in %.1f s", name, seconds);
}

static void check_parts(const struct tokenizer *tokenizer)
{
    size_t bytes;
    int32_t end = tokenizer_end_of_text(tokenizer);
    OK(tokenizer_vocabulary(tokenizer) == 774 && end == 0, "vocabulary and <|endoftext|>");
    OK(tokenizer_special(tokenizer, "<|start|>") == -1, "no such special token");
    OK(tokenizer_bytes(tokenizer, end, &bytes) == NULL && bytes == 0, "a special token has no bytes");
    OK(tokenizer_bytes(tokenizer, -1, &bytes) == NULL && tokenizer_bytes(tokenizer, 774, &bytes) == NULL,
       "nor has what is no id");
    const char *data = tokenizer_bytes(tokenizer, 221, &bytes);
    OK(bytes == 1 && data[0] == ' ', "a token's bytes");
}

/* Replaces the first `from` in a loadable file; what is wrong with the result? */
static void refused(struct arena *arena, const char *from, const char *to, const char *message)
{
    struct err err = {.text = ""};
    struct map map;
    if (!file_map(arena, "tests/data/tokenize/short.json", &map, &err))
        OK(false, "%s", err.text);
    char *json = arena_strndup(arena, map.data, map.size), *at = strstr(json, from);
    char *changed = at == NULL ? json : arena_printf(arena, "%.*s%s%s", (int)(at - json), json, to, at + strlen(from));
    OK(at != NULL && tokenizer_load(arena, changed, strlen(changed), &err) == NULL, "refused: %s", to);
    SAME(err.text, message, "says why");
}

static void check_refused(struct arena *arena)
{
    refused(arena, "\"1.0\"", "\"2.0\"", "tokenizer.json: its version is not 1.0");
    refused(arena, "\"type\": \"BPE\"", "\"type\": \"Unigram\"", "tokenizer.json: its model is not BPE");
    refused(arena, "\"normalizer\": null", "\"normalizer\": {\"type\": \"NFC\"}",
            "tokenizer.json: it has a normalizer: decoding would not give the text back");
    refused(arena, "\"add_prefix_space\": false", "\"add_prefix_space\": true",
            "tokenizer.json: its pre_tokenizer is not ByteLevel with add_prefix_space false and use_regex true");
    refused(
        arena, "\"ignore_merges\": false", "\"ignore_merges\": true",
        "tokenizer.json: it uses ignore_merges, byte_fallback, prefixes, suffixes or dropout, which are not applied "
        "here");
    refused(arena, "\"!\": 1,", "\"!\": 2,", "tokenizer.json: id 2 stands twice");
    refused(arena, "\"!\": 1,", "\"!\": 600,", "tokenizer.json: id 600 is not in [0, 600)");
    refused(arena, "\"!\": 1,", "\"!\": -1,", "tokenizer.json: id -1 is not in [0, 600)");
    refused(arena, "\"!\": 1,", "\"!\": \"1\",", "tokenizer.json: \"!\" has no id");
    refused(arena, "\"!\": 1,", "\"\u4e2d\": 1,",
            "tokenizer.json: \"\xe4\xb8\xad\" is not made of byte-level characters");
    refused(arena, "\"!\": 1,", "\"!!!!!\": 1,", "tokenizer.json: the vocabulary has no token for byte 21");
    refused(arena, "\"content\": \"<|endoftext|>\"", "\"content\": \"!\"",
            "tokenizer.json: the vocabulary has no token for byte 21");
    refused(arena, "\"version\"", "\"version",
            "tokenizer.json: line 2, column 16: invalid JSON: ':' expected near '1.0'");
}

/* A merge that stands twice has its last rank, as in tokenizers: an earlier copy changes nothing. With the rank of the
 * copy "ic" would be merged in "sluice" before "ce". */
static void check_repeated_merge(struct arena *arena, const struct tokenizer *tokenizer)
{
    static const char *const merges = "\"merges\": [", *const text = "sluice";
    struct err err = {.text = ""};
    struct map map;
    int32_t ids[6], same[6];
    if (!file_map(arena, "tests/data/tokenize/tokenizer.json", &map, &err))
        printf("Bail out! %s\n", err.text);
    char *json = arena_strndup(arena, map.data, map.size), *at = strstr(json, merges) + strlen(merges);
    char *changed = arena_printf(arena, "%.*s[\"i\", \"c\"],%s", (int)(at - json), json, at);
    struct tokenizer *repeated = tokenizer_load(arena, changed, strlen(changed), &err);
    OK(repeated != NULL, "a merge stands twice %s", err.text);
    size_t count = tokenizer_encode(tokenizer_cache_new(arena, tokenizer), text, strlen(text), ids);
    OK(tokenizer_encode(tokenizer_cache_new(arena, repeated), text, strlen(text), same) == count &&
           memcmp(ids, same, count * sizeof *ids) == 0,
       "its last rank counts");
}

int main(void)
{
    struct arena arena;
    arena_init(&arena);
    struct tokenizer *tokenizer = load(&arena, "tokenizer.json");
    check_parts(tokenizer);
    check_recorded(&arena, tokenizer);
    check_any_bytes(&arena, tokenizer);
    check_lengths(&arena, tokenizer);
    check_giant(&arena, tokenizer, "a", "one letter");
    check_giant(&arena, tokenizer, "themillandthetide", "letters without a space");
    check_giant(&arena, tokenizer, "\xe6\xb0\xb4\xe8\xbb\x8a", "Chinese");
    check_giant(&arena, tokenizer, "'", "apostrophes");
    check_repeated_merge(&arena, tokenizer);
    check_refused(&arena);
    arena_release(&arena);
    return DONE();
}
