/*
 * tokenize: tokenizer files and indexes of token shards changed at random, under sanitizers, from the root of the tree:
 *
 *   make SAN=address,undefined && gcc -fsanitize=address,undefined ... tests/fuzz/tokenize.c build-.../lib.a
 *   tokenize SECONDS SEED
 *
 * A changed file is refused with a message, or gives a tokenizer with which any bytes come back; a changed index is
 * refused, or reading all of its shard stays within it. The seed and the round are printed where it is not so.
 */
#include "lib/base/clock.h"
#include "lib/text/token_shard.h"
#include "lib/text/tokenizer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

static size_t draw(size_t limit)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(state >> 33) % limit;
}

static void check(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "tokenize: %s\n", what);
    exit(1);
}

/* Overwrites, cuts out or repeats some of it; pieces of JSON more often than single bytes. */
static void change(struct arena *arena, struct buf *file)
{
    static const char *const pieces[] = {"[\"a\",\"b\"],", "\"",    "0", "-1", "null", "{}", "[]", ",",
                                         "\\u0120",        "999999"};
    for (size_t times = 1 + draw(4); times > 0 && file->len > 20; times--) {
        size_t at = draw(file->len - 16), length = draw(16);
        char *tail = arena_strndup(arena, file->data + at, file->len - at);
        size_t rest = file->len - at;
        file->len = at;
        switch (draw(3)) {
        case 0:
            buf_text(file, pieces[draw(10)]);
            buf_add(file, tail + length, rest - length);
            break;
        case 1:
            buf_add(file, tail, length);
            buf_add(file, tail, rest);
            break;
        default:
            tail[0] = (char)draw(256);
            buf_add(file, tail, rest);
        }
    }
}

/* Whether the file was taken. */
static bool try_tokenizer(struct arena *arena, const struct map *original)
{
    struct err err = {.text = ""};
    struct buf file, back;
    buf_init(&file, arena);
    buf_init(&back, arena);
    buf_add(&file, original->data, original->size);
    change(arena, &file);
    struct tokenizer *tokenizer = tokenizer_load(arena, file.data, file.len, &err);
    check(tokenizer != NULL || err.text[0] != '\0', "refused without a message");
    if (tokenizer == NULL)
        return false;
    size_t bytes = 1 + draw(3000);
    char *text = arena_alloc(arena, bytes);
    int32_t *ids = ARENA_ARRAY(arena, int32_t, bytes);
    for (size_t i = 0; i < bytes; i++)
        text[i] = draw(9) > 0 ? "the mill's\n0123-"[draw(16)] : (char)draw(256);
    tokenizer_decode(tokenizer, ids, tokenizer_encode(tokenizer_cache_new(arena, tokenizer), text, bytes, ids), &back);
    check(back.len == bytes && memcmp(back.data, text, bytes) == 0, "the text does not come back");
    return true;
}

static bool try_index(struct arena *arena, const struct store *store, const struct digest *bin, const struct map *index)
{
    struct err err = {.text = ""};
    struct token_shard shard;
    struct digest digest;
    size_t size = draw(8) == 0 ? draw(index->size) : index->size;
    char *changed = arena_strndup(arena, index->data, index->size);
    for (size_t times = 1 + draw(3); times > 0; times--)
        changed[draw(index->size)] = (char)draw(256);
    check(store_put(store, changed, size, &digest, &err), err.text);
    bool good = token_shard_open(store, arena, bin, &digest, &shard, &err);
    check(good || err.text[0] != '\0', "refused without a message");
    if (good)
        token_shard_read(&shard, 0, shard.tokens, ARENA_ARRAY(arena, int32_t, (size_t)shard.tokens));
    check(store_remove(store, &digest, &err) || good, err.text);
    return good;
}

static struct digest put_shard(struct arena *arena, const struct store *store, struct map *index)
{
    struct err err;
    struct digest bin, idx, ids, tokenizer = digest_of("", 0);
    int64_t bytes[3];
    const int32_t tokens[] = {1, 2, 3, 4, 5};
    struct token_writer *writer = token_writer_new(arena, 300, &tokenizer);
    for (size_t i = 0; i < 5; i++)
        check(token_writer_add(writer, "aa", tokens, i, &err), "add");
    check(token_writer_keep(writer, store, &bin, &idx, &ids, bytes, &err), err.text);
    check(store_map(store, arena, &idx, index, &err), err.text);
    return bin;
}

int main(int argc, char **argv)
{
    struct arena arena, round;
    struct store store;
    struct map file, index;
    struct err err;
    char folder[] = "/tmp/fuzz-tokenize-XXXXXX";
    long rounds = 0, taken = 0;
    check(argc == 3, "usage: tokenize SECONDS SEED");
    arena_init(&arena);
    arena_init(&round);
    check(mkdtemp(folder) != NULL && store_open(&store, &arena, folder, &err), "no folder");
    check(file_map(&arena, "tests/data/tokenize/short.json", &file, &err), err.text);
    struct digest bin = put_shard(&arena, &store, &index);
    int64_t start = clock_mono_ns();
    for (; clock_seconds_since(start) < strtod(argv[1], NULL); rounds++) {
        state = strtoull(argv[2], NULL, 10) * 1000003 + (uint64_t)rounds;
        fprintf(stderr, "\rseed %s round %ld ", argv[2], rounds);
        taken += try_tokenizer(&round, &file);
        taken += try_index(&round, &store, &bin, &index);
        arena_clear(&round);
    }
    printf("\n%ld rounds, %ld files taken\n", rounds, taken);
    arena_release(&round);
    arena_release(&arena);
    check(folder_remove(folder, &err), err.text);
    return 0;
}
