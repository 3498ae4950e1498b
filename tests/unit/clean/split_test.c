/* split: by the id alone, in the shares asked for, and nobody moves when the other share changes. */
#include "clean/split.h"
#include "tests/unit/tap.h"

int main(void)
{
    int test = 0, validation = 0, moved = 0;
    for (int i = 0; i < 100000; i++) {
        char id[33];
        snprintf(id, sizeof id, "%032x", (unsigned)i);
        const char *split = split_of(id, 0.02, 0.05), *wider = split_of(id, 0.2, 0.05);
        test += strcmp(split, "test") == 0;
        validation += strcmp(split, "validation") == 0;
        moved += strcmp(split, wider) != 0 && strcmp(split, "train") != 0;
    }
    NEAR(test, 5000, 250, "5 % to test with");
    NEAR(validation, 2000, 160, "2 % to validate with");
    OK(moved == 0, "a larger validation split takes from train only");
    SAME(split_of("00000000000000000000000000000000", 0, 0), "train", "no shares: all to train with");
    SAME(split_of("00000000000000000000000000000000", 0, 1), "test", "all to test with");
    return DONE();
}
