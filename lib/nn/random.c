/* random: see random.h. Nothing can fail. */
#include "lib/nn/random.h"

#include <math.h>

#define ROUNDS 10

void philox(const uint32_t counter[4], uint64_t key, uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

void random_init(struct random *random, uint64_t seed, enum random_purpose purpose, uint32_t index)
{
    *random = (struct random){.seed = seed, .purpose = (uint32_t)purpose, .index = index};
}

uint32_t random_word(struct random *random)
{
    size_t at = (size_t)(random->drawn % 4);
    if (at == 0) {
        uint64_t block = random->drawn / 4;
        uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), random->index, random->purpose};
        philox(counter, random->seed, random->word);
    }
    random->drawn++;
    return random->word[at];
}

static uint64_t random_long(struct random *random)
{
    uint64_t high = random_word(random);
    return high << 32 | random_word(random);
}

uint64_t random_below(struct random *random, uint64_t limit)
{
    uint64_t rest = limit == 0 ? 0 : (UINT64_MAX % limit + 1) % limit; /* values at the top that would be too many */
    uint64_t word;
    if (limit == 0)
        return 0;
    do
        word = random_long(random);
    while (word > UINT64_MAX - rest);
    return word % limit;
}

double random_unit(struct random *random)
{
    return (double)(random_long(random) >> 11) * 0x1p-53;
}

double random_normal(struct random *random)
{
    double radius = sqrt(-2.0 * log(1.0 - random_unit(random)));
    return radius * cos(6.283185307179586 * random_unit(random));
}

void dropout_row(const struct dropout *dropout, uint32_t row, float *values, size_t count)
{
    uint32_t threshold = (uint32_t)(dropout->rate * 4294967296.0);
    float keep = (float)(1.0 / (1.0 - dropout->rate));
    for (size_t i = 0; i < count; i += 4) {
        uint32_t counter[4] = {(uint32_t)(i / 4), row, dropout->step, dropout->site << 8 | RANDOM_DROPOUT};
        uint32_t word[4];
        philox(counter, dropout->seed, word);
        for (size_t j = 0; j < 4 && i + j < count; j++)
            values[i + j] = word[j] < threshold ? 0.0f : values[i + j] * keep;
    }
}
