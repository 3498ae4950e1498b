/* compare: see compare.h. */
#include "evaluate/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_id(const void *a, const void *b)
{
    const struct document_score *left = a, *right = b;
    return strcmp(left->id, right->id);
}

static struct document_score *sorted(struct arena *arena, const struct scores *scores)
{
    struct document_score *documents = arena_copy(arena, scores->documents, scores->count * sizeof *documents);
    if (scores->count > 0)
        qsort(documents, scores->count, sizeof *documents, by_id);
    return documents;
}

struct interval compare_gate(struct arena *arena, const struct bootstrap *bootstrap, const struct gate *gate,
                             const struct scores *left, const struct scores *other)
{
    struct interval none = {NAN, NAN, NAN};
    if (gate->metric == METRIC_PERPLEXITY)
        return none;
    bool bytes = gate->metric == METRIC_BITS_PER_BYTE;
    double unit = bytes ? 1 : 1 / bits_of_nats(1); /* a bit in the metric's unit */
    double *top = ARENA_ARRAY(arena, double, left->count), *bottom = ARENA_ARRAY(arena, double, left->count);
    struct document_score *others = other == NULL ? NULL : sorted(arena, other);
    size_t count = 0;
    for (size_t i = 0; i < left->count; i++) {
        const struct document_score *ours = &left->documents[i], *theirs = NULL;
        if (others != NULL) {
            theirs = bsearch(ours, others, other->count, sizeof *others, by_id);
            if (theirs == NULL)
                continue;
        }
        bottom[count] = (double)(bytes ? ours->bytes : ours->tokens);
        top[count] = unit * ours->bits - gate->offset * bottom[count];
        if (theirs != NULL)
            top[count] -= gate->factor * unit * theirs->bits;
        count++;
    }
    return count == 0 ? none : bootstrap_ratio(arena, bootstrap, top, bottom, count);
}

bool within_noise(const struct interval *difference)
{
    return difference->low <= 0 && difference->high >= 0;
}
