/* pipeline: the sections of a definition that belong to no stage: its name, its budget. */
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

extern const struct section pipeline_section, budget_section;

#endif
