/* schedule: see schedule.h. */
#include "train/schedule.h"

#include <math.h>

int64_t schedule_steps(const struct train *c, int64_t windows)
{
    double steps;
    if (c->steps > 0)
        return c->steps;
    if (c->tokens > 0)
        steps = (double)c->tokens / (double)c->batch;
    else
        steps = c->epochs * (double)windows * (double)c->shape.context / (double)c->batch;
    steps = ceil(steps);
    return steps < 1 ? 1 : (int64_t)steps;
}

double schedule_rate(const struct train *c, int64_t step, int64_t steps)
{
    double warmup = ceil(c->schedule.warmup * (double)steps), lowest = c->learning_rate * c->schedule.final;
    if ((double)step < warmup)
        return c->learning_rate * (double)(step + 1) / warmup;
    double left = (double)steps - warmup, along = left > 0 ? ((double)step - warmup) / left : 1;
    return lowest + (c->learning_rate - lowest) * 0.5 * (1 + cos(M_PI * along));
}
