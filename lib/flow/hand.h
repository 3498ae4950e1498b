/*
 * hand: how many tasks a worker takes at once.
 *
 * A claim and a completion wait for the ledger, a completion for its disk too: longer than a quick task takes. So of
 * those a worker claims and completes several in one transaction, as many as it does in a twentieth of a second. It
 * begins with one, and grows at most twofold from one hand to the next. What turns out slow is not kept from others:
 * after HAND_LATE_S what was not begun is given back.
 */
#ifndef LIB_FLOW_HAND_H
#define LIB_FLOW_HAND_H

#include <stddef.h>

enum { HAND_MOST = 32 };
#define HAND_LATE_S 0.2

struct hand {
    size_t size; /* of the next; 0 is 1 */
};

size_t hand_size(const struct hand *hand);
/* So many tasks were worked on for so long, all of them together. */
void hand_learn(struct hand *hand, size_t count, double seconds);

#endif
