/* clock: wall time in microseconds since 1970 (UTC), monotonic time for durations, and how both are written. */
#ifndef LIB_BASE_CLOCK_H
#define LIB_BASE_CLOCK_H

#include "lib/base/err.h"

#include <stdint.h>

int64_t clock_wall_us(void);
int64_t clock_mono_ns(void);
double clock_seconds_since(int64_t mono_ns);
void clock_sleep_ms(int64_t ms);

#define CLOCK_TEXT 32
void clock_format(int64_t wall_us, char text[CLOCK_TEXT]); /* 2026-11-23T02:30:00Z */
bool clock_parse(const char *text, int64_t *wall_us)
    MUST_CHECK; /* RFC 3339, the seconds and "Z" may be left out; or a date alone: midnight UTC */
void clock_format_duration(double seconds, char text[CLOCK_TEXT]); /* 0:38, 12:05, 1:02:03 */

#endif
