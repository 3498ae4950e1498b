/* hand: see hand.h. */
#include "lib/flow/hand.h"

#include "lib/base/text.h"

#define HAND_S 0.05 /* work in one hand */

size_t hand_size(const struct hand *hand)
{
    return hand->size == 0 ? 1 : hand->size;
}

void hand_learn(struct hand *hand, size_t count, double seconds)
{
    if (count == 0)
        return;
    double most = 2 * (double)hand_size(hand), fit = seconds > 0 ? HAND_S * (double)count / seconds : most;
    double size = fit < most ? fit : most;
    hand->size = size < 1 ? 1 : size > HAND_MOST ? HAND_MOST : (size_t)size;
}

/* Where there is no room for it, it is never slow. */
static int find(const struct hand *hand, const char *kind)
{
    for (int i = 0; i < HAND_KINDS; i++)
        if (hand->kind[i].name == NULL || text_equal(hand->kind[i].name, kind))
            return i;
    return -1;
}

void hand_note(struct hand *hand, const char *kind, double seconds)
{
    int i = find(hand, kind);
    if (i < 0)
        return;
    double before = hand->kind[i].seconds * 0.9;
    hand->kind[i].name = kind;
    hand->kind[i].seconds = seconds > before ? seconds : before;
}

double hand_late_s(const struct hand *hand)
{
    return hand->late_s > 0 ? hand->late_s : HAND_LATE_S;
}

bool hand_slow(const struct hand *hand, const char *kind)
{
    int i = find(hand, kind);
    return i >= 0 && hand->kind[i].seconds > hand_late_s(hand);
}
