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

/* One panel of `width` lanes; lane_step: between rows of a or columns of b, step: between values of the sum. */
static void pack(uint32_t *panel, struct matrix source, bool along, size_t width, size_t count, size_t depth)
{
    size_t pairs = (depth + 1) / 2, lane_step = along ? source.stride : 1, step = along ? 1 : source.stride;
    for (size_t pair = 0; pair < pairs; pair++)
        for (size_t i = 0; i < width; i++)
            panel[pair * width + i] = i < count ? pair_of(source.data + i * lane_step, step, depth, pair) : 0;
}

static void pack_a(uint32_t *panels, struct matrix source, bool transposed, size_t count, size_t depth)
{
    size_t first = count < A_ROWS ? count : A_ROWS;
    struct matrix second = {source.data + first * (transposed ? 1 : source.stride), source.stride};
    pack(panels, source, !transposed, A_ROWS, first, depth);
    pack(panels + (depth + 1) / 2 * A_ROWS, second, !transposed, A_ROWS, count - first, depth);
}

static void pack_b(uint32_t *panel, struct matrix source, bool transposed, size_t count, size_t depth)
{
    pack(panel, source, transposed, B_COLUMNS, count, depth);
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

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t round_up(size_t count, size_t to)
{
    return (count + to - 1) / to * to;
}

size_t half_packed(size_t m, size_t n, size_t k)
{
    size_t pairs = (least(k, HALF_DEPTH) + 1) / 2;
    return (round_up(m, A_PACKED) + round_up(n, B_COLUMNS)) * pairs;
}

struct matrix gemm_a(enum gemm_form form, struct matrix a, size_t row, size_t depth)
{
    return (struct matrix){a.data + (form == GEMM_TN ? depth * a.stride + row : row * a.stride + depth), a.stride};
}

struct matrix gemm_b(enum gemm_form form, struct matrix b, size_t column, size_t depth)
{
    return (struct matrix){b.data + (form == GEMM_NT ? column * b.stride + depth : depth * b.stride + column),
                           b.stride};
}

void half_gemm(uint32_t *packed, enum gemm_form form, size_t m, size_t n, size_t k, struct matrix a, struct matrix b,
               bool add, float *c, size_t c_stride)
{
    const struct half *half = half_best();
    for (size_t depth = 0; depth < k; depth += HALF_DEPTH) {
        size_t length = least(HALF_DEPTH, k - depth), pairs = (length + 1) / 2;
        uint32_t *panel = packed + round_up(m, A_PACKED) * pairs;
        for (size_t i = 0; i < m; i += A_PACKED)
            half->pack_a(packed + i * pairs, gemm_a(form, a, i, depth), form == GEMM_TN, least(A_PACKED, m - i),
                         length);
        for (size_t j = 0; j < n; j += B_COLUMNS) {
            half->pack_b(panel, gemm_b(form, b, j, depth), form == GEMM_NT, least(B_COLUMNS, n - j), length);
            for (size_t i = 0; i < m; i += A_ROWS)
                half->tile(packed + i * pairs, panel, pairs, c + i * c_stride + j, c_stride, least(A_ROWS, m - i),
                           least(B_COLUMNS, n - j), add || depth > 0);
        }
    }
}
