/* clock: see clock.h. */
#include "lib/base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t clock_wall_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_mono_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

double clock_seconds_since(int64_t mono_ns)
{
    return (double)(clock_mono_ns() - mono_ns) * 1e-9;
}

void clock_sleep_ms(int64_t ms)
{
    struct timespec rest = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
        continue;
}

void clock_format(int64_t wall_us, char text[CLOCK_TEXT])
{
    time_t seconds = wall_us / 1000000 - (wall_us % 1000000 < 0);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    strftime(text, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

/* The offset after the time of day: "Z", "+hh:mm" or "-hh:mm", or nothing, as we write times; in seconds. */
static bool parse_offset(const char *text, int *seconds)
{
    int hours, minutes, used = 0;
    if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0 || *text == '\0') {
        *seconds = 0;
        return true;
    }
    if ((text[0] != '+' && text[0] != '-') || sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &used) != 2 ||
        text[1 + used] != '\0' || hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
        return false;
    *seconds = (hours * 60 + minutes) * 60 * (text[0] == '-' ? -1 : 1);
    return true;
}

bool clock_parse(const char *text, int64_t *wall_us)
{
    struct tm parts = {0};
    int offset = 0;
    int64_t micros = 0;
    const char *rest = strptime(text, "%Y-%m-%d", &parts);
    if (rest == NULL)
        return false;
    if (*rest != '\0') {
        if (*rest != 'T' && *rest != 't' && *rest != ' ')
            return false;
        rest = strptime(rest + 1, "%H:%M", &parts);
        if (rest != NULL && *rest == ':')
            rest = strptime(rest, ":%S", &parts);
        if (rest == NULL)
            return false;
        if (*rest == '.')
            for (int64_t unit = 100000; *++rest >= '0' && *rest <= '9'; unit /= 10)
                micros += (*rest - '0') * unit;
        if (!parse_offset(rest, &offset))
            return false;
    }
    struct tm given = parts;
    int64_t seconds = timegm(&parts);
    if (parts.tm_mday != given.tm_mday || parts.tm_mon != given.tm_mon)
        return false; /* 30 February */
    *wall_us = (seconds - offset) * 1000000 + micros;
    return true;
}

void clock_format_duration(double seconds, char text[CLOCK_TEXT])
{
    long long whole = seconds < 0 ? 0 : (long long)(seconds + 0.5);
    if (whole >= 3600)
        snprintf(text, CLOCK_TEXT, "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60, whole % 60);
    else
        snprintf(text, CLOCK_TEXT, "%lld:%02lld", whole / 60, whole % 60);
}
