/*
 * minhash: see the header. The permutations are (h a + b mod 2^64) mod 2^61 - 1, with a and b drawn as
 * numpy.random.RandomState(1).randint draws them (MT19937; Matsumoto, Nishimura 1998; numpy's masked rejection).
 */
#include "clean/minhash.h"

#include "clean/simplify.h"
#include "clean/words.h"

#include "lib/base/digest.h"

#include <string.h>

#define PRIME ((UINT64_C(1) << 61) - 1)
#define STATE 624

struct twister {
    uint32_t state[STATE];
    int next;
};

struct permutations {
    uint64_t a[MINHASH_HASHES], b[MINHASH_HASHES];
};

static void seed(struct twister *twister, uint32_t value)
{
    for (uint32_t i = 0; i < STATE; i++) {
        twister->state[i] = value;
        value = 1812433253u * (value ^ value >> 30) + i + 1;
    }
    twister->next = STATE;
}

static void refill(struct twister *twister)
{
    uint32_t *s = twister->state;
    for (int i = 0; i < STATE; i++) {
        uint32_t y = (s[i] & 0x80000000u) | (s[(i + 1) % STATE] & 0x7fffffffu);
        s[i] = s[(i + 397) % STATE] ^ y >> 1 ^ (y & 1 ? 0x9908b0dfu : 0);
    }
    twister->next = 0;
}

static uint64_t next32(struct twister *twister)
{
    if (twister->next == STATE)
        refill(twister);
    uint32_t y = twister->state[twister->next++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
}

/* In [low, PRIME). */
static uint64_t draw(struct twister *twister, uint64_t low)
{
    for (;;) {
        uint64_t high = next32(twister), value = (high << 32 | next32(twister)) & PRIME;
        if (value <= PRIME - 1 - low)
            return low + value;
    }
}

static void permutations_draw(struct permutations *permutations)
{
    struct twister twister;
    seed(&twister, 1);
    for (int i = 0; i < MINHASH_HASHES; i++)
        permutations->a[i] = draw(&twister, 1);
    for (int i = 0; i < MINHASH_HASHES; i++)
        permutations->b[i] = draw(&twister, 0);
}

/*
 * Nearly all time goes here, and it vectorises: compiled for several instruction sets, of which the machine's best is
 * taken when the program starts. Sanitizers cannot have that (their run time starts later).
 */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&               \
    !defined(__SANITIZE_THREAD__)
__attribute__((optimize("O3"), target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
static void
take(const struct permutations *permutations, uint64_t hash, uint64_t *restrict least)
{
    for (int i = 0; i < MINHASH_HASHES; i++) {
        uint64_t x = hash * permutations->a[i] + permutations->b[i];
        x = (x & PRIME) + (x >> 61);
        x = x >= PRIME ? x - PRIME : x;
        least[i] = x < least[i] ? x : least[i];
    }
}

/* The words with single spaces between them; the spans become those in `joined`. */
static void join(struct buf *joined, const char *text, struct spans *words)
{
    for (size_t i = 0; i < words->count; i++) {
        size_t from = joined->len;
        buf_add(joined, text + words->item[i].from, words->item[i].bytes);
        words->item[i].from = (uint32_t)from;
        buf_char(joined, ' ');
    }
}

bool minhash_values(struct arena *arena, const char *text, size_t bytes, uint64_t value[MINHASH_HASHES])
{
    struct buf simple, joined;
    buf_init(&simple, arena);
    buf_init(&joined, arena);
    simplify(&simple, text, bytes);
    struct spans words = words_split(arena, simple.data, simple.len);
    join(&joined, simple.data, &words);
    if (words.count < MINHASH_WORDS)
        return false;
    struct permutations permutations;
    permutations_draw(&permutations);
    memset(value, 0xff, MINHASH_HASHES * sizeof *value);
    for (size_t i = 0; i + MINHASH_WORDS <= words.count; i++) {
        const struct span *last = &words.item[i + MINHASH_WORDS - 1];
        size_t from = words.item[i].from, end = last->from + last->bytes;
        take(&permutations, hash64(joined.data + from, end - from, 0), value);
    }
    return true;
}

void minhash_bands(struct arena *arena, const char *text, size_t bytes, uint64_t band[MINHASH_BANDS])
{
    uint64_t value[MINHASH_HASHES];
    memset(band, 0, MINHASH_BANDS * sizeof *band);
    if (!minhash_values(arena, text, bytes, value))
        return;
    for (int i = 0; i < MINHASH_BANDS; i++) {
        uint64_t hash = hash64(value + i * MINHASH_ROWS, MINHASH_ROWS * sizeof *value, 0);
        band[i] = hash == 0 ? 1 : hash;
    }
}
