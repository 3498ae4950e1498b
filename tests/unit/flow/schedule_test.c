/* schedule: the slots of a schedule, with summer time and days of the week. */
#include "lib/flow/schedule.h"

#include "lib/base/clock.h"
#include "tests/unit/tap.h"

static const char *slot(const char *at, const char *zone, struct texts days, const char *now)
{
    static char text[CLOCK_TEXT];
    struct schedule schedule = {.at = at, .zone = zone, .days = days};
    struct err err;
    int64_t now_us, slot_us;
    if (!clock_parse(now, &now_us) || !schedule_slot(&schedule, now_us, &slot_us, &err))
        return "no slot";
    clock_format(slot_us, text);
    return text;
}

static const char *slot_of(const char *at, const char *zone, const char *day)
{
    static char text[CLOCK_TEXT];
    struct schedule schedule = {.at = at, .zone = zone};
    struct err err;
    int64_t slot_us;
    if (!schedule_slot_of(&schedule, day, &slot_us, &err))
        return err.code == ERR_USAGE ? "no day" : "no slot";
    clock_format(slot_us, text);
    return text;
}

static void of_a_day(void)
{
    SAME(slot_of("02:30", "Europe/Berlin", "2026-11-23"), "2026-11-23T01:30:00Z", "a day's slot is the one cron runs");
    SAME(slot_of("23:59", "Pacific/Kiritimati", "2026-01-01"), "2026-01-01T09:59:00Z", "the day is the zone's");
    SAME(slot_of("00:05", "Pacific/Pago_Pago", "2026-12-31"), "2026-12-31T11:05:00Z", "on its other side too");
    SAME(slot_of("02:30", "Europe/Berlin", "2026-03-29"), "2026-03-29T01:00:00Z", "of an hour that is skipped");
    SAME(slot_of("02:30", "Europe/Berlin", "2026-10-25"), "2026-10-25T00:30:00Z", "of one that comes twice");
    SAME(slot_of("02:30", "UTC", "2026-02-30"), "no day", "what is no day is refused");
}

/* A run started every quarter of an hour for two days around a change of the clock meets two slots, each at its time.
 */
static void once_a_day(const char *zone, const char *noon)
{
    static const char *const times[] = {"00:30", "00:00", "01:30", "02:00", "02:30", "03:00"};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct schedule schedule = {.at = times[i], .zone = zone};
        struct err err;
        int64_t begin, slot_us = 0, last = 0;
        int slots = 0, late = 0;
        if (!clock_parse(noon, &begin))
            BUG("%s is no time", noon);
        for (int64_t now = begin; now < begin + 48 * 3600 * INT64_C(1000000); now += 900 * 1000000) {
            bool found = schedule_slot(&schedule, now, &slot_us, &err);
            slots += found && last != 0 && slot_us != last;
            late += found && last != 0 && slot_us != last && slot_us != now;
            last = slot_us;
        }
        if (!OK(slots == 2 && late == 0, "%s at %s: once a day, at once", zone, times[i]))
            printf("# %d slots, %d late\n", slots, late);
    }
}

static void skips(void)
{
    struct schedule schedule = {.missed = MISSED_SKIP, .late_ms = 1000};
    OK(!schedule_skips(&schedule, 5000000, 6000000), "a second late is not too late");
    OK(schedule_skips(&schedule, 5000000, 6000001), "more is");
    schedule.missed = MISSED_RUN;
    OK(!schedule_skips(&schedule, 5000000, 6000001), "unless it is to be caught up");
}

int main(void)
{
    const char *weekdays[] = {"mon", "tue"};
    struct texts all = {NULL, 0}, some = {weekdays, 2};
    SAME(slot("02:30", "UTC", all, "2026-11-23T02:30:00Z"), "2026-11-23T02:30:00Z", "the very moment");
    SAME(slot("02:30", "UTC", all, "2026-11-23T02:29:59Z"), "2026-11-22T02:30:00Z", "a second before: last night's");
    SAME(slot("02:30", "Europe/Berlin", all, "2026-11-23T12:00:00Z"), "2026-11-23T01:30:00Z", "winter in Berlin");
    SAME(slot("02:30", "Europe/Berlin", all, "2026-07-01T12:00:00Z"), "2026-07-01T00:30:00Z", "summer in Berlin");
    SAME(slot("02:30", "Europe/Berlin", all, "2026-03-29T12:00:00Z"), "2026-03-29T01:00:00Z",
         "an hour that summer time leaves out: the first moment after it");
    SAME(slot("04:00", "UTC", some, "2026-11-27T12:00:00Z"), "2026-11-24T04:00:00Z", "on Friday: Tuesday's");
    SAME(slot("04:00", "UTC", some, "2026-11-23T03:00:00Z"), "2026-11-17T04:00:00Z",
         "before Monday's: last week's Tuesday");
    once_a_day("Europe/Berlin", "2026-03-28T12:00:00Z");
    once_a_day("Europe/Berlin", "2026-10-24T12:00:00Z");
    once_a_day("America/New_York", "2026-03-07T12:00:00Z");
    once_a_day("America/New_York", "2026-10-31T12:00:00Z");
    SAME(slot("02:30", "Europe/Berlin", all, "2026-10-25T00:30:00Z"), "2026-10-25T00:30:00Z",
         "an hour that comes twice: the first time");
    SAME(slot("02:30", "Europe/Berlin", all, "2026-10-25T01:30:00Z"), "2026-10-25T00:30:00Z", "and not the second");
    SAME(slot("01:30", "America/New_York", all, "2026-11-01T06:30:00Z"), "2026-11-01T05:30:00Z", "in New York too");
    once_a_day("America/Havana", "2026-03-07T12:00:00Z"); /* where midnight itself is skipped */
    of_a_day();
    skips();
    return DONE();
}
