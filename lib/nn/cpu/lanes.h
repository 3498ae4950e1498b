/*
 * lanes: sixteen floats at once, for the loops that the compiler alone would not make fast: sums (their order is fixed
 * by hand: lane by lane, then across) and exponentials.
 *
 * HOT builds a function for three levels of x86-64 and picks at load time; the lanes are lowered to what each has, so
 * sums have the same order everywhere. Lanes are passed by pointer: by value their ABI differs between the levels.
 */
#ifndef LIB_NN_CPU_LANES_H
#define LIB_NN_CPU_LANES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LANES 16
typedef float lanes __attribute__((vector_size(64)));
typedef int32_t lanes_int __attribute__((vector_size(64)));

/* Sanitizers are not yet set up when the loader picks a version. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HOT
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__x86_64__)
#define HOT
#endif
#ifndef HOT
#define HOT __attribute__((target_clones("default", "avx2", "avx512f")))
#endif
#define INLINE static inline __attribute__((always_inline, unused))

INLINE void lanes_load(lanes *v, const float *p)
{
    memcpy(v, p, sizeof *v);
}

INLINE void lanes_store(float *p, const lanes *v)
{
    memcpy(p, v, sizeof *v);
}

/* The first `count` lanes (all where there are more), the others filled. */
INLINE void lanes_load_part(lanes *v, const float *p, size_t count, float fill)
{
    if (count >= LANES) {
        lanes_load(v, p);
        return;
    }
    float part[LANES];
    for (size_t i = 0; i < LANES; i++)
        part[i] = i < count ? p[i] : fill;
    lanes_load(v, part);
}

INLINE void lanes_store_part(float *p, const lanes *v, size_t count)
{
    if (count >= LANES)
        lanes_store(p, v);
    else
        memcpy(p, v, count * sizeof *p);
}

INLINE void lanes_fill(lanes *v, float value)
{
    *v = (lanes){0} + value;
}

/* a where mask is set (all bits), else b */
INLINE void lanes_select(lanes *v, const lanes_int *mask, const lanes *a, const lanes *b)
{
    *v = (lanes)(((lanes_int)*a & *mask) | ((lanes_int)*b & ~*mask));
}

INLINE void lanes_max(lanes *v, const lanes *other)
{
    lanes_int more = *other > *v;
    lanes_select(v, &more, other, v);
}

INLINE float lanes_sum(const lanes *v)
{
    float part[LANES];
    lanes_store(part, v);
    for (size_t half = LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            part[i] += part[i + half];
    return part[0];
}

INLINE float lanes_most(const lanes *v)
{
    float part[LANES], most;
    lanes_store(part, v);
    most = part[0];
    for (size_t i = 1; i < LANES; i++)
        most = part[i] > most ? part[i] : most;
    return most;
}

/* e^x to within 2 units in the last place over [-87, 88] and held constant outside; NaN stays NaN. The polynomial is
 * that of Cephes' expf (Moshier), after splitting off the power of two. */
INLINE void lanes_exp(lanes *v)
{
    lanes x = *v, low, high, n, p;
    lanes_fill(&low, -87.0f);
    lanes_fill(&high, 88.0f);
    lanes_int under = x<low, over = x> high;
    lanes_select(&x, &under, &low, &x);
    lanes_select(&x, &over, &high, &x);
    n = (x * 1.44269504088896341f + 12582912.0f) - 12582912.0f; /* rounds to the nearest integer */
    x = x - n * 0.693359375f;
    x = x - n * -2.12194440e-4f;
    p = x * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * x + 8.3334519073e-3f;
    p = p * x + 4.1665795894e-2f;
    p = p * x + 1.6666665459e-1f;
    p = p * x + 5.0000001201e-1f;
    p = p * x * x + x + 1.0f;
    lanes_int power = (__builtin_convertvector(n, lanes_int) + 127) << 23;
    *v = p * (lanes)power;
}

#endif
