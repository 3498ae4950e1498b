/* schedule: see schedule.h. Time zones are ICU's, so that they do not depend on the machine having tzdata installed. */
#include "lib/flow/schedule.h"

#include "lib/base/clock.h"

#include <string.h>
#include <time.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

static bool two_digits(const char *text, int limit, int *value)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return false;
    *value = (text[0] - '0') * 10 + text[1] - '0';
    return *value < limit;
}

static bool parse_time(const char *text, int *hour, int *minute)
{
    return strlen(text) == 5 && text[2] == ':' && two_digits(text, 24, hour) && two_digits(text + 3, 60, minute);
}

static bool check_at(const char *value, struct err *err)
{
    int hour, minute;
    if (*value == '\0' || parse_time(value, &hour, &minute))
        return true;
    return err_set(err, ERR_DEFINITION, "\"%s\" is not a time of day; write it like \"02:30\", in quotes", value);
}

static UCalendar *open_zone(const char *zone)
{
    UChar name[128], canonical[128];
    UErrorCode status = U_ZERO_ERROR;
    if (*zone == '\0' || strlen(zone) >= 128)
        return NULL;
    u_charsToUChars(zone, name, (int32_t)strlen(zone) + 1);
    ucal_getCanonicalTimeZoneID(name, -1, canonical, 128, NULL, &status);
    if (U_FAILURE(status))
        return NULL;
    UCalendar *calendar = ucal_open(name, -1, "en", UCAL_GREGORIAN, &status);
    return U_SUCCESS(status) ? calendar : NULL;
}

static bool check_zone(const char *value, struct err *err)
{
    UCalendar *calendar = open_zone(value);
    if (calendar == NULL)
        return err_set(err, ERR_DEFINITION, "\"%s\" is not a time zone; write it like Europe/Berlin or UTC", value);
    ucal_close(calendar);
    return true;
}

static const struct option schedule_options[] = {
    {.path = "at",
     .type = OPTION_TEXT,
     .offset = offsetof(struct schedule, at),
     .initial = "",
     .inert = true,
     .help = "nominal time of day, \"HH:MM\"; without it each run is a new one",
     .check = check_at},
    {.path = "zone",
     .type = OPTION_TEXT,
     .offset = offsetof(struct schedule, zone),
     .initial = "UTC",
     .inert = true,
     .help = "time zone of `at`",
     .check = check_zone},
    {.path = "days",
     .type = OPTION_TEXTS,
     .offset = offsetof(struct schedule, days),
     .initial = "",
     .choices = "mon|tue|wed|thu|fri|sat|sun",
     .inert = true,
     .help = "days of the week; none: every day"},
    {.path = "missed",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct schedule, missed),
     .initial = "run",
     .choices = "run|skip",
     .inert = true,
     .help = "what a run does that is started for a slot later than `late`: catch up, or leave it out"},
    {.path = "late",
     .type = OPTION_DURATION,
     .offset = offsetof(struct schedule, late_ms),
     .initial = "2h",
     .min = 60000,
     .max = 7 * 86400e3,
     .inert = true,
     .help = "how long after its time a slot is missed"},
    {.path = "deadline",
     .type = OPTION_DURATION,
     .offset = offsetof(struct schedule, deadline_ms),
     .initial = "0s",
     .min = 0,
     .max = 30 * 86400e3,
     .inert = true,
     .help = "how long a run may take, with or without `at`; then it fails and its work ends; 0s: as long as it likes"},
    {.type = OPTION_END},
};

const struct section schedule_section = {.path = "schedule",
                                         .help = "when it runs: names the slots, and gives `tidemill cron` its line",
                                         .size = sizeof(struct schedule),
                                         .options = schedule_options};

/* Whether a day of ICU's week (Sunday is 1) is one of the schedule's. */
static bool day_counts(const struct schedule *schedule, int day)
{
    static const char *const names[] = {"", "sun", "mon", "tue", "wed", "thu", "fri", "sat"};
    for (size_t i = 0; i < schedule->days.count; i++)
        if (strcmp(schedule->days.item[i], names[day]) == 0)
            return true;
    return schedule->days.count == 0;
}

/* What the schedule's clock shows; NULL: error. */
static UCalendar *open_schedule(const struct schedule *schedule, int *hour, int *minute, struct err *err)
{
    if (!parse_time(schedule->at, hour, minute)) {
        err_set(err, ERR_DEFINITION, "schedule.at: \"%s\" is not a time of day", schedule->at);
        return NULL;
    }
    UCalendar *calendar = open_zone(schedule->zone);
    if (calendar == NULL) {
        err_set(err, ERR_DEFINITION, "schedule.zone: \"%s\" is not a time zone", schedule->zone);
        return NULL;
    }
    ucal_setAttribute(calendar, UCAL_SKIPPED_WALL_TIME, UCAL_WALLTIME_NEXT_VALID);
    ucal_setAttribute(calendar, UCAL_REPEATED_WALL_TIME, UCAL_WALLTIME_FIRST);
    return calendar;
}

bool schedule_slot(const struct schedule *schedule, int64_t now_us, int64_t *slot_us, struct err *err)
{
    int hour, minute;
    UErrorCode status = U_ZERO_ERROR;
    UCalendar *calendar = open_schedule(schedule, &hour, &minute, err);
    if (calendar == NULL)
        return false;
    double now = (double)(now_us / 1000);
    bool found = false;
    for (int back = 0; back < 9 && !found; back++) {
        ucal_setMillis(calendar, now, &status);
        ucal_add(calendar, UCAL_DATE, -back, &status);
        ucal_set(calendar, UCAL_HOUR_OF_DAY, hour);
        ucal_set(calendar, UCAL_MINUTE, minute);
        ucal_set(calendar, UCAL_SECOND, 0);
        ucal_set(calendar, UCAL_MILLISECOND, 0);
        double slot = ucal_getMillis(calendar, &status);
        found = U_SUCCESS(status) && slot <= now && day_counts(schedule, ucal_get(calendar, UCAL_DAY_OF_WEEK, &status));
        *slot_us = (int64_t)slot * 1000;
    }
    ucal_close(calendar);
    return found || err_set(err, ERR_INTERNAL, "no slot of the schedule lies in the last nine days");
}

bool schedule_slot_of(const struct schedule *schedule, const char *day, int64_t *slot_us, struct err *err)
{
    int hour, minute;
    int64_t midnight_us; /* in UTC, which the machine's zone does not shift */
    UErrorCode status = U_ZERO_ERROR;
    if (!clock_parse(day, &midnight_us))
        return err_set(err, ERR_USAGE, "\"%s\" is not a day; write it like 2026-11-23", day);
    UCalendar *calendar = open_schedule(schedule, &hour, &minute, err);
    if (calendar == NULL)
        return false;
    time_t seconds = midnight_us / 1000000;
    struct tm parts;
    gmtime_r(&seconds, &parts);
    ucal_clear(calendar);
    ucal_setDateTime(calendar, parts.tm_year + 1900, parts.tm_mon, parts.tm_mday, hour, minute, 0, &status);
    *slot_us = (int64_t)ucal_getMillis(calendar, &status) * 1000;
    ucal_close(calendar);
    return U_SUCCESS(status) || err_set(err, ERR_INTERNAL, "no slot of the schedule lies on %s", day);
}

bool schedule_skips(const struct schedule *schedule, int64_t slot_us, int64_t now_us)
{
    return schedule->missed == MISSED_SKIP && now_us - slot_us > schedule->late_ms * 1000;
}
