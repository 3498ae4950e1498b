/* schedule: how many steps, and the learning rate of each: linear warm-up, then half a cosine down to a share. */
#ifndef TRAIN_SCHEDULE_H
#define TRAIN_SCHEDULE_H

#include "train/train.h"

/* `windows`: of one epoch. At least 1. */
int64_t schedule_steps(const struct train *config, int64_t windows);
double schedule_rate(const struct train *config, int64_t step, int64_t steps); /* step from 0 */

#endif
