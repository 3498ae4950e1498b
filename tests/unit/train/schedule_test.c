/* The learning rate's course and the number of steps. */
#include "train/schedule.h"

#include "tests/unit/tap.h"

int main(void)
{
    struct train c = {.learning_rate = 2, .schedule = {.warmup = 0.1, .final = 0.1}, .batch = 1000};
    NEAR(schedule_rate(&c, 0, 100), 0.2, 1e-12, "the first step of ten in warm-up takes a tenth");
    NEAR(schedule_rate(&c, 9, 100), 2, 1e-12, "the last takes all");
    NEAR(schedule_rate(&c, 55, 100), 0.2 + 1.8 * 0.5, 1e-12, "half way down the cosine");
    OK(schedule_rate(&c, 99, 100) > 0.2 && schedule_rate(&c, 99, 100) < 0.21, "the end is the final share");
    c.schedule.warmup = 0;
    NEAR(schedule_rate(&c, 0, 1), 2, 1e-12, "without warm-up the first step takes all");
    c.tokens = 4500;
    OK(schedule_steps(&c, 10) == 5, "tokens are rounded up to steps");
    c.tokens = 0;
    c.epochs = 1.5;
    c.shape.context = 100;
    OK(schedule_steps(&c, 20) == 3, "epochs count windows");
    c.epochs = 0;
    c.steps = 7;
    OK(schedule_steps(&c, 20) == 7, "steps are steps");
    return DONE();
}
