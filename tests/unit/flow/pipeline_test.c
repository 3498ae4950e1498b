/* pipeline: the slots of a schedule, with summer time and days of the week. */
#include "lib/flow/pipeline.h"

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

int main(void)
{
    const char *weekdays[] = {"mon", "tue"};
    struct texts all = {NULL, 0}, some = {weekdays, 2};
    SAME(slot("02:30", "UTC", all, "2026-11-23T02:30:00Z"), "2026-11-23T02:30:00Z", "the very moment");
    SAME(slot("02:30", "UTC", all, "2026-11-23T02:29:59Z"), "2026-11-22T02:30:00Z", "a second before: last night's");
    SAME(slot("02:30", "Europe/Berlin", all, "2026-11-23T12:00:00Z"), "2026-11-23T01:30:00Z", "winter in Berlin");
    SAME(slot("02:30", "Europe/Berlin", all, "2026-07-01T12:00:00Z"), "2026-07-01T00:30:00Z", "summer in Berlin");
    SAME(slot("02:30", "Europe/Berlin", all, "2026-03-29T12:00:00Z"), "2026-03-29T01:30:00Z",
         "an hour that summer time leaves out is the one after");
    SAME(slot("04:00", "UTC", some, "2026-11-27T12:00:00Z"), "2026-11-24T04:00:00Z", "on Friday: Tuesday's");
    SAME(slot("04:00", "UTC", some, "2026-11-23T03:00:00Z"), "2026-11-17T04:00:00Z",
         "before Monday's: last week's Tuesday");
    return DONE();
}
