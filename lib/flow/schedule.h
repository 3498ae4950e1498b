/*
 * schedule: when a pipeline runs: section "schedule" of a definition, and the slots that it names.
 *
 * A slot is the nominal time of a run, one per day, whatever the clock does: where summer time skips the hour it is the
 * first moment after the gap, where an hour comes twice it is the first of the two. So cron may call when it likes, on
 * one machine or on several: a slot is run once.
 */
#ifndef LIB_FLOW_SCHEDULE_H
#define LIB_FLOW_SCHEDULE_H

#include "lib/base/option.h"

enum schedule_missed { MISSED_RUN, MISSED_SKIP };

struct schedule {        /* `at` is NULL where there is none */
    const char *at;      /* HH:MM */
    const char *zone;    /* of the tz database */
    struct texts days;   /* none: every day */
    int64_t missed;      /* enum schedule_missed */
    int64_t late_ms;     /* after so long a slot is missed */
    int64_t deadline_ms; /* of a run, from its start; 0: none */
};

extern const struct section schedule_section;

/* The nominal time of the newest slot that is not after `now_us`: a run's name in the ledger. */
bool schedule_slot(const struct schedule *schedule, int64_t now_us, int64_t *slot_us, struct err *err) MUST_CHECK;

/* The slot of a day, "2026-11-23", whether or not it is one of `days`; ERR_USAGE where that is no day. */
bool schedule_slot_of(const struct schedule *schedule, const char *day, int64_t *slot_us, struct err *err) MUST_CHECK;

/* Whether a slot is one that the definition wants to be left out at that moment, because it is too old. */
bool schedule_skips(const struct schedule *schedule, int64_t slot_us, int64_t now_us);

#endif
