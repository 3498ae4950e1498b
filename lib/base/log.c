/* log: see log.h. One write per line, so that lines of several processes on one terminal stay whole. */
#include "lib/base/log.h"

#include "lib/base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The one global state of a process: its name and how much it says. Set once, before any thread starts. */
static struct {
    const char *program;
    enum log_level least;
} log_state = {"tidemill", LOG_WARN};

void log_open(const char *program, enum log_level least)
{
    log_state.program = program;
    log_state.least = least;
}

void log_line(enum log_level level, const char *format, ...)
{
    static const char *const names[] = {"debug", "info", "warning", "error"};
    char line[4096], when[CLOCK_TEXT];
    va_list args;
    if (level < log_state.least)
        return;
    clock_format(clock_wall_us(), when);
    int start = snprintf(line, sizeof line, "%s %s[%d] %s: ", when, log_state.program, (int)getpid(), names[level]);
    va_start(args, format);
    vsnprintf(line + start, sizeof line - (size_t)start - 1, format, args);
    va_end(args);
    size_t len = strlen(line);
    line[len++] = '\n';
    if (write(STDERR_FILENO, line, len) < 0)
        return; /* nowhere left to say it */
}
