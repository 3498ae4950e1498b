/* Philox4x32-10 against the known answers of Random123 1.14 (kat_vectors); what the draws look like. */
#include "lib/nn/random.h"
#include "tests/unit/tap.h"

static void test_known_answers(void)
{
    static const struct {
        uint32_t counter[4];
        uint64_t key;
        uint32_t want[4];
    } known[] = {
        {{0, 0, 0, 0}, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         0xffffffffffffffff,
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         0x299f31d0a4093822,
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint32_t got[4];
        philox(known[i].counter, known[i].key, got);
        OK(memcmp(got, known[i].want, sizeof got) == 0, "known answer %zu", i);
    }
}

static void test_draws(void)
{
    struct random a, b;
    double sum = 0, square = 0;
    size_t outside = 0;
    random_init(&a, 1, RANDOM_WEIGHTS, 0);
    random_init(&b, 1, RANDOM_WEIGHTS, 1);
    OK(random_word(&a) != random_word(&b), "streams of one seed differ");
    for (int i = 0; i < 20000; i++) {
        double x = random_normal(&a);
        sum += x;
        square += x * x;
        outside += random_below(&b, 10) >= 10;
    }
    NEAR(sum / 20000, 0, 0.03, "normal draws have mean 0");
    NEAR(square / 20000, 1, 0.04, "and variance 1");
    OK(outside == 0, "random_below stays below");
}

int main(void)
{
    test_known_answers();
    test_draws();
    return DONE();
}
