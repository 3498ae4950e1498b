/* half: plain C, for any processor; see half.h. */
#include "lib/nn/cpu/half.h"

#include "lib/nn/cpu/lanes.h"

/* Nearest bfloat16, ties to even; NaN stays NaN. */
static uint32_t round_half(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if ((bits & 0x7fffffff) > 0x7f800000)
        return bits >> 16 | 0x40;
    return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

static uint32_t pair_of(const float *data, size_t step, size_t depth, size_t pair)
{
    uint32_t low = round_half(data[2 * pair * step]);
    uint32_t high = 2 * pair + 1 < depth ? round_half(data[(2 * pair + 1) * step]) : 0;
    return low | high << 16;
}

/* lane_step: between rows of a or columns of b; step: between values of the sum. */
static void pack(uint32_t *panel, const float *data, size_t lane_step, size_t step, size_t lanes_in_panel, size_t count,
                 size_t depth)
{
    size_t pairs = (depth + 1) / 2;
    for (size_t pair = 0; pair < pairs; pair++)
        for (size_t i = 0; i < lanes_in_panel; i++)
            panel[pair * lanes_in_panel + i] = i < count ? pair_of(data + i * lane_step, step, depth, pair) : 0;
}

static void pack_a(uint32_t *panel, struct matrix source, bool transposed, size_t count, size_t depth)
{
    pack(panel, source.data, transposed ? 1 : source.stride, transposed ? source.stride : 1, A_ROWS, count, depth);
}

static void pack_b(uint32_t *panel, struct matrix source, bool transposed, size_t count, size_t depth)
{
    pack(panel, source.data, transposed ? source.stride : 1, transposed ? 1 : source.stride, B_COLUMNS, count, depth);
}

HOT static void tile_row(const uint32_t *a, const uint32_t *b, size_t pairs, float *c)
{
    lanes sum[2] = {{0}, {0}};
    for (size_t pair = 0; pair < pairs; pair++) {
        uint32_t low_bits = a[pair * A_ROWS] << 16, high_bits = a[pair * A_ROWS] & 0xffff0000u;
        float low, high;
        memcpy(&low, &low_bits, sizeof low);
        memcpy(&high, &high_bits, sizeof high);
        for (size_t i = 0; i < 2; i++) {
            lanes_int both;
            memcpy(&both, b + pair * B_COLUMNS + i * LANES, sizeof both);
            lanes_int upper = both & (int32_t)0xffff0000u, lower = both << 16;
            sum[i] += low * (lanes)lower;
            sum[i] += high * (lanes)upper;
        }
    }
    lanes_store(c, &sum[0]);
    lanes_store(c + LANES, &sum[1]);
}

static void tile(const uint32_t *a, const uint32_t *b, size_t pairs, float *c, size_t stride, size_t rows,
                 size_t columns, bool add)
{
    for (size_t row = 0; row < rows; row++) {
        float sum[B_COLUMNS];
        tile_row(a + row, b, pairs, sum);
        for (size_t i = 0; i < columns; i++)
            c[row * stride + i] = add ? c[row * stride + i] + sum[i] : sum[i];
    }
}

const struct half *half_plain(void)
{
    static const struct half plain = {"plain", pack_a, pack_b, tile};
    return &plain;
}

const struct half *half_best(void)
{
    const struct half *fast = half_avx512();
    return fast != NULL ? fast : half_plain();
}
