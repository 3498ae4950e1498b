/*
 * err: one failure, told once, ready to print.
 *
 * A function that can fail takes `struct err *err` last and returns false (or NULL). On success *err is untouched.
 * The text is complete and says what, where and what to do; callers add context in front with err_wrap(); only
 * stage_main() and the runner print it. err_action() tells what a caller should do about a code.
 */
#ifndef LIB_BASE_ERR_H
#define LIB_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

#define MUST_CHECK        __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

enum err_code {
#define ERR(name, status, action, meaning) ERR_##name,
#include "lib/base/err.def"
#undef ERR
    ERR_COUNT
};

enum err_action { ERR_STOP, ERR_DROP, ERR_RETRY, ERR_REMAKE, ERR_PASS, ERR_DISCARD };

struct err {
    enum err_code code;
    char text[2048];
};

/* Record a failure; always false, so that `return err_set(...)` reads well. */
bool err_set(struct err *err, enum err_code code, const char *format, ...) PRINTF_LIKE(3, 4);

/* As err_set with code ERR_SYSTEM, and `: strerror(errno)` after the text. */
bool err_errno(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Put `context: ` in front of the text; always false. */
bool err_wrap(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

const char *err_name(enum err_code code);    /* "INPUT" */
const char *err_meaning(enum err_code code); /* for --help and the reference */
int err_status(enum err_code code);          /* exit status */
enum err_action err_action(enum err_code code);

/* A broken invariant of ours: prints the place and aborts with a backtrace. Bad data is never a bug. */
#define BUG(...) err_bug(__FILE__, __LINE__, __VA_ARGS__)
__attribute__((noreturn)) void err_bug(const char *file, int line, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
