/*
 * hand: how many tasks a worker takes at once.
 *
 * A claim and a completion wait for the ledger, a completion for its disk too: longer than a quick task takes. So of
 * those a worker claims and completes several in one transaction, as many as it does in a twentieth of a second. It
 * begins with one, and grows at most twofold from one hand to the next. What turns out slow keeps little from others:
 * after HAND_LATE_S what was not begun is given back; and where a task is of a kind that was slow lately, what was done
 * before it is completed first, and what would come after it is given back.
 */
#ifndef LIB_FLOW_HAND_H
#define LIB_FLOW_HAND_H

#include <stdbool.h>
#include <stddef.h>

enum { HAND_MOST = 32, HAND_KINDS = 8 };
#define HAND_LATE_S 0.2

struct hand {
    size_t size;   /* of the next; 0 is 1 */
    double late_s; /* instead of HAND_LATE_S; 0: that */
    struct {
        const char *name;
        double seconds; /* the slowest; every task after it takes a tenth of that away */
    } kind[HAND_KINDS];
};

size_t hand_size(const struct hand *hand);
/* So many tasks were worked on for so long, all of them together. */
void hand_learn(struct hand *hand, size_t count, double seconds);

/* After so many seconds what was not begun is given back; a kind whose tasks take longer is slow. */
double hand_late_s(const struct hand *hand);

/* A task of a kind was worked on for so long. The name lives as long as the hand; a stage has less than HAND_KINDS. */
void hand_note(struct hand *hand, const char *kind, double seconds);
bool hand_slow(const struct hand *hand, const char *kind);

#endif
