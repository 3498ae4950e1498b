/* optimizer: see optimizer.h. Nothing can fail. */
#include "lib/nn/optimizer.h"

#include <math.h>

double optimizer_norm(struct pool *pool, const struct optimizer *o)
{
    return sqrt(squares(pool, o->gradients, o->parameters->floats));
}

void optimizer_step(struct pool *pool, struct optimizer *o, double learning_rate, double norm)
{
    struct adamw adamw = {.learning_rate = learning_rate,
                          .beta1 = o->beta1,
                          .beta2 = o->beta2,
                          .epsilon = o->epsilon,
                          .scale = o->clip > 0 && norm > o->clip ? o->clip / norm : 1,
                          .step = ++o->step};
    for (size_t i = 0; i < o->parameters->count; i++) {
        const struct parameter *p = &o->parameters->item[i];
        adamw.decay = p->columns > 0 ? o->decay : 0;
        adamw_update(pool, o->weights + p->at, o->first + p->at, o->second + p->at, o->gradients + p->at, p->count,
                     &adamw);
    }
}
