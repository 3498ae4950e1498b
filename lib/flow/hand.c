/* hand: see hand.h. */
#include "lib/flow/hand.h"

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
