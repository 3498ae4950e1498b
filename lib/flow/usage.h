/* usage: what an attempt uses of this process: wall and processor time, peak memory. One attempt at a time. */
#ifndef LIB_FLOW_USAGE_H
#define LIB_FLOW_USAGE_H

#include "lib/flow/claim.h"

double usage_cpu_seconds(void); /* of this process since its start */

struct usage_meter {
    int64_t started_us, started_ns;
    double cpu_seconds;
};

void usage_begin(struct usage_meter *meter);
void usage_end(const struct usage_meter *meter, struct claim_usage *usage);

#endif
