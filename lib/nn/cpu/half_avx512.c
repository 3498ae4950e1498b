/* half: with AVX512_BF16 instructions; see half.h. Compiled for that level function by function, used where it is. */
#include "lib/nn/cpu/half.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define LEVEL __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))

/* Pairs of 16 columns out of two rows of 16 values: the low halves from `even`. */
LEVEL static inline __m512i interleave(__m512 even, __m512 odd)
{
    const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6,
                                           21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    return _mm512_permutexvar_epi16(order, (__m512i)_mm512_cvtne2ps_pbh(odd, even));
}

static inline __mmask16 mask_of(size_t count)
{
    return (__mmask16)(count >= 16 ? 0xffffu : (1u << count) - 1);
}

/* Sixteen neighbours across the panel (rows of a, columns of b) of which `count` are there, for one pair. */
LEVEL static inline __m512i pair_across(const float *data, size_t stride, size_t depth, size_t pair, size_t count)
{
    __mmask16 mask = mask_of(count);
    __m512 even = _mm512_maskz_loadu_ps(mask, data + 2 * pair * stride), odd = _mm512_setzero_ps();
    if (2 * pair + 1 < depth)
        odd = _mm512_maskz_loadu_ps(mask, data + (2 * pair + 1) * stride);
    return interleave(even, odd);
}

/* Sixteen pairs along one row of values of which `count` are there. */
LEVEL static inline __m512i pairs_along(const float *data, size_t count)
{
    __m512 first = _mm512_maskz_loadu_ps(mask_of(count), data), second = _mm512_setzero_ps();
    if (count > 16)
        second = _mm512_maskz_loadu_ps(mask_of(count - 16), data + 16);
    return (__m512i)_mm512_cvtne2ps_pbh(second, first);
}

#define LOW_128(a, b)  _mm512_shuffle_i32x4(a, b, 0x88)
#define HIGH_128(a, b) _mm512_shuffle_i32x4(a, b, 0xdd)

/* rows[i] lane j -> rows[j] lane i */
LEVEL static inline void transpose(__m512i rows[16])
{
    __m512i t[16], u[16];
    for (int i = 0; i < 8; i++) {
        t[2 * i] = _mm512_unpacklo_epi32(rows[2 * i], rows[2 * i + 1]);
        t[2 * i + 1] = _mm512_unpackhi_epi32(rows[2 * i], rows[2 * i + 1]);
    }
    for (int i = 0; i < 4; i++) {
        u[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
        u[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
        u[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
        u[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
    }
    for (int i = 0; i < 4; i++) {
        __m512i a = LOW_128(u[i], u[4 + i]), b = LOW_128(u[8 + i], u[12 + i]);
        __m512i c = HIGH_128(u[i], u[4 + i]), d = HIGH_128(u[8 + i], u[12 + i]);
        rows[i] = LOW_128(a, b);
        rows[8 + i] = HIGH_128(a, b);
        rows[4 + i] = LOW_128(c, d);
        rows[12 + i] = HIGH_128(c, d);
    }
}

/* Sixteen lanes: into one half of a panel of b (width B_COLUMNS), or into two panels of a, `pairs` long each. */
LEVEL static inline void put(uint32_t *panel, size_t width, size_t pairs, size_t pair, __m512i lanes)
{
    if (width == B_COLUMNS) {
        _mm512_storeu_si512(panel + pair * B_COLUMNS, lanes);
        return;
    }
    _mm256_storeu_si256((__m256i *)(void *)(panel + pair * A_ROWS), _mm512_castsi512_si256(lanes));
    _mm256_storeu_si256((__m256i *)(void *)(panel + (pairs + pair) * A_ROWS), _mm512_extracti64x4_epi64(lanes, 1));
}

/* Lanes that are rows of `source`: 16 pairs at a time are read along and turned. */
LEVEL static void pack_turned(uint32_t *panel, struct matrix source, size_t width, size_t count, size_t depth)
{
    size_t pairs = (depth + 1) / 2;
    for (size_t pair = 0; pair < pairs; pair += 16) {
        __m512i rows[16];
        for (size_t i = 0; i < 16; i++)
            rows[i] = i < count ? pairs_along(source.data + i * source.stride + 2 * pair, depth - 2 * pair)
                                : _mm512_setzero_si512();
        transpose(rows);
        for (size_t i = 0; i < 16 && pair + i < pairs; i++)
            put(panel, width, pairs, pair + i, rows[i]);
    }
}

LEVEL static void pack_a(uint32_t *panels, struct matrix source, bool transposed, size_t count, size_t depth)
{
    size_t pairs = (depth + 1) / 2;
    if (!transposed) {
        pack_turned(panels, source, A_ROWS, count, depth);
        return;
    }
    for (size_t pair = 0; pair < pairs; pair++)
        put(panels, A_ROWS, pairs, pair, pair_across(source.data, source.stride, depth, pair, count));
}

LEVEL static void pack_b(uint32_t *panel, struct matrix source, bool transposed, size_t count, size_t depth)
{
    size_t left = count < 16 ? count : 16, right = count - left;
    if (transposed) {
        pack_turned(panel, source, B_COLUMNS, left, depth);
        pack_turned(panel + 16, (struct matrix){source.data + left * source.stride, source.stride}, B_COLUMNS, right,
                    depth);
        return;
    }
    for (size_t pair = 0; 2 * pair < depth; pair++) {
        _mm512_storeu_si512(panel + pair * B_COLUMNS, pair_across(source.data, source.stride, depth, pair, left));
        _mm512_storeu_si512(panel + pair * B_COLUMNS + 16,
                            pair_across(source.data + left, source.stride, depth, pair, right));
    }
}

#define EACH_ROW(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)
#define CLEAR(i)    __m512 left##i = _mm512_setzero_ps(), right##i = _mm512_setzero_ps();
#define MULTIPLY(i)                                                                                                    \
    {                                                                                                                  \
        __m512bh value = (__m512bh)_mm512_set1_epi32((int)a[i]);                                                       \
        left##i = _mm512_dpbf16_ps(left##i, value, b_left);                                                            \
        right##i = _mm512_dpbf16_ps(right##i, value, b_right);                                                         \
    }
#define WRITE(i)                                                                                                       \
    if (i < rows) {                                                                                                    \
        float *row = c + i * stride;                                                                                   \
        if (add) {                                                                                                     \
            left##i = _mm512_add_ps(left##i, _mm512_maskz_loadu_ps(left, row));                                        \
            right##i = _mm512_add_ps(right##i, _mm512_maskz_loadu_ps(right, row + 16));                                \
        }                                                                                                              \
        _mm512_mask_storeu_ps(row, left, left##i);                                                                     \
        _mm512_mask_storeu_ps(row + 16, right, right##i);                                                              \
    }

LEVEL static void tile(const uint32_t *a, const uint32_t *b, size_t pairs, float *c, size_t stride, size_t rows,
                       size_t columns, bool add)
{
    __mmask16 left = mask_of(columns), right = mask_of(columns > 16 ? columns - 16 : 0);
    EACH_ROW(CLEAR)
    for (size_t pair = 0; pair < pairs; pair++) {
        __m512bh b_left = (__m512bh)_mm512_loadu_si512(b), b_right = (__m512bh)_mm512_loadu_si512(b + 16);
        EACH_ROW(MULTIPLY)
        a += A_ROWS;
        b += B_COLUMNS;
    }
    EACH_ROW(WRITE)
}

const struct half *half_avx512(void)
{
    static const struct half fast = {"avx512_bf16", pack_a, pack_b, tile};
    bool there = __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("avx512vl");
    return there ? &fast : NULL;
}
#else
const struct half *half_avx512(void)
{
    return NULL;
}
#endif
