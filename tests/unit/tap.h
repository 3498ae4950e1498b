/*
 * tap: the whole unit-test framework. Each test file is one program that prints TAP, run by prove.
 *
 * Tests mirror the source: tests/unit/base/buf_test.c tests lib/base/buf.c, tests/unit/clean/html_test.c clean/html.c.
 */
#ifndef TESTS_UNIT_TAP_H
#define TESTS_UNIT_TAP_H

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

#define OK(condition, ...)           tap_ok(!!(condition), __FILE__, __LINE__, #condition, __VA_ARGS__)
#define SAME(got, want, ...)         tap_same((got), (want), __FILE__, __LINE__, __VA_ARGS__)
#define NEAR(got, want, within, ...) tap_near((got), (want), (within), __FILE__, __LINE__, __VA_ARGS__)
#define DONE()                       (printf("1..%d\n", tap_count), tap_failed != 0)

__attribute__((format(printf, 5, 6), unused)) static int tap_ok(int ok, const char *file, int line, const char *what,
                                                                const char *format, ...)
{
    char name[256];
    va_list args;
    va_start(args, format);
    vsnprintf(name, sizeof name, format, args);
    va_end(args);
    printf("%sok %d - %s\n", ok ? "" : "not ", ++tap_count, name);
    if (!ok) {
        tap_failed++;
        printf("# %s:%d: %s\n", file, line, what);
    }
    return ok;
}

__attribute__((unused)) static int tap_same(const char *got, const char *want, const char *file, int line,
                                            const char *name)
{
    int ok = got == want || (got != NULL && want != NULL && strcmp(got, want) == 0);
    tap_ok(ok, file, line, "texts differ", "%s", name);
    if (!ok)
        printf("#  got: %s\n# want: %s\n", got ? got : "(null)", want ? want : "(null)");
    return ok;
}

__attribute__((unused)) static int tap_near(double got, double want, double within, const char *file, int line,
                                            const char *name)
{
    int ok = fabs(got - want) <= within;
    tap_ok(ok, file, line, "numbers differ", "%s", name);
    if (!ok)
        printf("#  got: %.9g\n# want: %.9g (within %g)\n", got, want, within);
    return ok;
}

#endif
