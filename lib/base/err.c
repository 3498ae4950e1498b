/* err: see err.h. The table of codes is err.def; everything here reads it. */
#include "lib/base/err.h"

#include <errno.h>
#include <execinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    const char *meaning;
    int status;
    enum err_action action;
} codes[ERR_COUNT] = {
#define ERR(name, status, action, meaning) [ERR_##name] = {#name, meaning, status, ERR_##action},
#include "lib/base/err.def"
#undef ERR
};

bool err_set(struct err *err, enum err_code code, const char *format, ...)
{
    char text[sizeof err->text]; /* the arguments may point into err->text */
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    err->code = code;
    memcpy(err->text, text, sizeof text);
    return false;
}

bool err_errno(struct err *err, const char *format, ...)
{
    int reason = errno;
    char text[sizeof err->text / 2];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return err_set(err, ERR_SYSTEM, "%s: %s", text, strerror(reason));
}

bool err_wrap(struct err *err, const char *format, ...)
{
    char context[sizeof err->text / 2];
    va_list args;
    va_start(args, format);
    vsnprintf(context, sizeof context, format, args);
    va_end(args);
    return err_set(err, err->code, "%s: %s", context, err->text);
}

const char *err_name(enum err_code code)
{
    return codes[code].name;
}

const char *err_meaning(enum err_code code)
{
    return codes[code].meaning;
}

int err_status(enum err_code code)
{
    return codes[code].status;
}

enum err_action err_action(enum err_code code)
{
    return codes[code].action;
}

void err_bug(const char *file, int line, const char *format, ...)
{
    void *frames[64];
    va_list args;
    fprintf(stderr, "%s:%d: broken invariant: ", file, line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    backtrace_symbols_fd(frames, backtrace(frames, 64), STDERR_FILENO);
    abort();
}
