/* How many tasks are taken at once: more where they are quick, one where they are not. */
#include "lib/flow/hand.h"
#include "tests/unit/tap.h"

int main(void)
{
    struct hand hand = {0};
    OK(hand_size(&hand) == 1, "one to begin with");
    hand_learn(&hand, 0, 0);
    OK(hand_size(&hand) == 1, "nothing says nothing");
    hand_learn(&hand, 1, 1e-6);
    OK(hand_size(&hand) == 2, "twice as many at most");
    for (int i = 0; i < 10; i++)
        hand_learn(&hand, hand_size(&hand), 1e-6);
    OK(hand_size(&hand) == HAND_MOST, "and no more than %d", HAND_MOST);
    hand_learn(&hand, 32, 32 * 0.005);
    OK(hand_size(&hand) == 10, "as many as are done in a twentieth of a second: %zu", hand_size(&hand));
    hand_learn(&hand, 10, 10 * 0.0);
    OK(hand_size(&hand) == 20, "what takes no time at all is quick");
    hand_learn(&hand, 1, 60);
    OK(hand_size(&hand) == 1, "one where one is slow");
    hand_learn(&hand, 1, 0.04);
    OK(hand_size(&hand) == 1, "or nearly so");
    OK(!hand_slow(&hand, "scan"), "a kind that is not known is not slow");
    hand_note(&hand, "read", 0.001);
    hand_note(&hand, "scan", 0.6);
    OK(hand_slow(&hand, "scan") && !hand_slow(&hand, "read"), "one that was slow is");
    for (int i = 0; i < 5; i++)
        hand_note(&hand, "scan", 0.001);
    OK(hand_slow(&hand, "scan"), "for a while, whatever came since");
    for (int i = 0; i < 10; i++)
        hand_note(&hand, "scan", 0.001);
    OK(!hand_slow(&hand, "scan"), "and no longer");
    for (int i = 0; i < 20; i++)
        hand_note(&hand, (const char *[]){"a", "b", "c", "d", "e", "f", "g", "h"}[i % 8], 1);
    OK(hand_slow(&hand, "a") && !hand_slow(&hand, "h"), "there is room for so many");
    OK(hand_late_s(&hand) == HAND_LATE_S, "what is slow is a constant");
    hand.late_s = 2;
    OK(hand_late_s(&hand) == 2 && !hand_slow(&hand, "a"), "where nothing else is said");
    return DONE();
}
