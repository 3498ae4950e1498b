/* bootstrap: intervals agree with SciPy's, quantiles with NumPy's (values recorded by
 * tests/parity/evaluate/bootstrap.py). */
#include "evaluate/bootstrap.h"
#include "tests/unit/tap.h"

#define COUNT 24
static const double bits[COUNT] = {2401, 811,   15320, 98,   4410, 7719, 1203, 20877, 365,   5150, 9002, 642,
                                   3380, 12011, 77,    2954, 6120, 1888, 450,  8323,  17040, 1011, 2240, 3999};
static const double bytes[COUNT] = {1100, 402,  7011, 60,   2300, 3561, 640, 9020, 201,  2480, 4407, 300,
                                    1802, 5409, 51,   1379, 3320, 822,  240, 3770, 8100, 570,  990,  2161};

static void agrees_with_scipy(struct arena *arena)
{
    struct bootstrap bootstrap = {.resamples = 100000, .level = 0.95, .seed = 1};
    struct interval wide = bootstrap_ratio(arena, &bootstrap, bits, bytes, COUNT);
    NEAR(wide.value, 2.1214556709265175, 1e-12, "the ratio of sums");
    NEAR(wide.low, 2.0336025958799, 0.002, "95 %: low end within the noise of resampling");
    NEAR(wide.high, 2.190433064520611, 0.002, "95 %: high end");
    bootstrap.level = 0.8;
    struct interval narrow = bootstrap_ratio(arena, &bootstrap, bits, bytes, COUNT);
    NEAR(narrow.low, 2.0649250391300886, 0.002, "80 %: low end");
    NEAR(narrow.high, 2.1672432513117803, 0.002, "80 %: high end");
}

static void repeats(struct arena *arena)
{
    struct bootstrap bootstrap = {.resamples = 1000, .level = 0.95, .seed = 7};
    struct interval first = bootstrap_ratio(arena, &bootstrap, bits, bytes, COUNT);
    struct interval again = bootstrap_ratio(arena, &bootstrap, bits, bytes, COUNT);
    OK(first.low == again.low && first.high == again.high, "the same seed gives the same interval");
    bootstrap.seed = 8;
    struct interval other = bootstrap_ratio(arena, &bootstrap, bits, bytes, COUNT);
    OK(first.low != other.low, "another seed gives another");
}

static void knows_its_limits(struct arena *arena)
{
    struct bootstrap bootstrap = {.resamples = 1000, .level = 0.95, .seed = 7};
    struct interval one = bootstrap_ratio(arena, &bootstrap, bits, bytes, 1);
    OK(one.value == 2401 / 1100.0 && isnan(one.low) && isnan(one.high), "one document has a value and no interval");
    double same[3] = {2, 4, 6}, half[3] = {1, 2, 3};
    struct interval sure = bootstrap_ratio(arena, &bootstrap, same, half, 3);
    OK(sure.low == 2 && sure.high == 2, "documents that agree leave no room");
}

static void agrees_with_numpy(void)
{
    static const double values[5] = {1, 2, 4, 8, 16};
    static const double shares[6] = {0, 0.025, 0.3, 0.5, 0.99, 1}, recorded[6] = {1, 1.1, 2.4, 4, 15.68, 16};
    for (int i = 0; i < 6; i++)
        NEAR(quantile(values, 5, shares[i]), recorded[i], 1e-12, "quantile");
}

int main(void)
{
    struct arena arena;
    arena_init(&arena);
    agrees_with_scipy(&arena);
    repeats(&arena);
    knows_its_limits(&arena);
    agrees_with_numpy();
    arena_release(&arena);
    return DONE();
}
