/* pipeline: the sections of a definition that belong to no stage: its name, its budget, its schedule. */
#ifndef LIB_FLOW_PIPELINE_H
#define LIB_FLOW_PIPELINE_H

#include "lib/base/option.h"

struct pipeline { /* section "" */
    const char *name;
    const char *about;
    int64_t seed;
};

struct budget { /* section "budget"; an amount of 0 micros without currency is no limit */
    struct money run, month;
};

struct schedule {      /* section "schedule"; `at` is NULL where there is none */
    const char *at;    /* HH:MM */
    const char *zone;  /* of the tz database */
    struct texts days; /* none: every day */
};

extern const struct section pipeline_section, budget_section, schedule_section;

/* The nominal time of the newest slot that is not after `now_us`: a run's name in the ledger. */
bool schedule_slot(const struct schedule *schedule, int64_t now_us, int64_t *slot_us, struct err *err) MUST_CHECK;

#endif
