/* ngram: times evaluate/ngram.c on a file of int32 ids, documents each ended by END. Run by the script beside it. */
#include "evaluate/ngram.h"
#include "lib/base/clock.h"
#include "lib/base/mapping.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool measure(int order, int64_t vocabulary, int32_t end, const int32_t *ids, size_t count, struct err *err)
{
    struct arena arena;
    arena_init(&arena);
    int64_t start = clock_mono_ns();
    struct ngram *ngram =
        ngram_learn(&arena, &(struct ngram_settings){order, vocabulary, end, 0, NULL}, ids, count, err);
    double learned = clock_seconds_since(start), bits = 0;
    if (ngram != NULL) {
        struct ngram_state state;
        start = clock_mono_ns();
        ngram_start(ngram, &state);
        for (size_t i = 1; i < count; i++) {
            bits -= log2(ngram_read(ngram, &state, ids[i]));
            if (ids[i] == end)
                ngram_start(ngram, &state);
        }
        int64_t entries = 0;
        for (int k = 1; k <= order; k++)
            entries += ngram_entries(ngram, k);
        printf(
            "order %d: %zu tokens learned in %.2f s, read in %.2f s; %lld n-grams, %.1f MB; %.3f bits per token seen\n",
            order, count - 1, learned, clock_seconds_since(start), (long long)entries,
            (double)ngram_memory(ngram) / 1e6, bits / (double)(count - 1));
    }
    arena_release(&arena);
    return ngram != NULL;
}

int main(int argc, char **argv)
{
    struct arena arena;
    struct map file;
    struct err err;
    arena_init(&arena);
    if (argc != 4 || !file_map(&arena, argv[1], &file, &err)) {
        fprintf(stderr, "usage: ngram IDS VOCABULARY END\n");
        return 2;
    }
    int32_t end = (int32_t)strtol(argv[3], NULL, 10);
    size_t count = file.size / sizeof(int32_t);
    int32_t *ids = ARENA_ARRAY(&arena, int32_t, count + 1);
    ids[0] = end;
    memcpy(ids + 1, file.data, count * sizeof *ids);
    for (int order = 1; order <= 5; order++) {
        if (!measure(order, strtoll(argv[2], NULL, 10), end, ids, count + 1, &err)) {
            fprintf(stderr, "ngram: %s\n", err.text);
            return 1;
        }
    }
    arena_release(&arena);
    return 0;
}
