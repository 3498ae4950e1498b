/*
 * quantity: numbers as people write them (4M, 2%, 30s, 1.5 GB, 3 EUR), exactly. Declared in option.h.
 *
 * A number is digits with at most one point and, between digits, commas of thousands; blanks may stand before the unit.
 */
#include "lib/base/option.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct unit {
    const char *name;
    double scale;
};

/* The number at the start of `text`; what follows it, without blanks, is *rest. Exact to 15 digits. */
static bool leading_number(const char *text, double *value, const char **rest)
{
    char digits[64];
    size_t len = 0;
    const char *p = text;
    while (isspace((unsigned char)*p))
        p++;
    if (*p == '-' || *p == '+')
        digits[len++] = *p++;
    for (; (isdigit((unsigned char)*p) || *p == '.' || (*p == ',' && isdigit((unsigned char)p[1]))) && len < 40; p++)
        if (*p != ',')
            digits[len++] = *p;
    if ((*p == 'e' || *p == 'E') && len > 0 &&
        (isdigit((unsigned char)p[1]) || (p[1] == '-' && isdigit((unsigned char)p[2]))))
        for (digits[len++] = *p++; (isdigit((unsigned char)*p) || *p == '-') && len < 48; p++)
            digits[len++] = *p;
    digits[len] = '\0';
    char *end;
    *value = strtod(digits, &end);
    if (end == digits || *end != '\0' || !isfinite(*value))
        return false;
    while (isspace((unsigned char)*p))
        p++;
    *rest = p;
    return true;
}

/* A number and a unit of the list (ends with a NULL name); scaled to a whole number. */
static bool scaled(const char *text, const struct unit *units, bool ignore_case, int64_t *value)
{
    double number;
    const char *rest;
    if (!leading_number(text, &number, &rest))
        return false;
    for (; units->name != NULL; units++) {
        if ((ignore_case ? strcasecmp(rest, units->name) : strcmp(rest, units->name)) != 0)
            continue;
        double whole = nearbyint(number * units->scale);
        if (fabs(whole) > 9.0e18 || fabs(whole - number * units->scale) > 1e-6 * fabs(whole) + 1e-9)
            return false;
        *value = (int64_t)whole;
        return true;
    }
    return false;
}

bool quantity_bytes(const char *text, int64_t *bytes)
{
    static const struct unit units[] = {
        {"", 1},
        {"B", 1},
        {"kB", 1e3},
        {"K", 1024},
        {"KiB", 1024},
        {"MB", 1e6},
        {"M", 1048576},
        {"MiB", 1048576},
        {"GB", 1e9},
        {"G", 1073741824},
        {"TB", 1e12},
        {"T", 1099511627776.0},
        {"GiB", 1073741824},
        {"TiB", 1099511627776.0},
        {NULL, 0},
    };
    return scaled(text, units, true, bytes);
}

bool quantity_count(const char *text, int64_t *count)
{
    static const struct unit units[] = {{"", 1}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}, {NULL, 0}};
    return scaled(text, units, true, count);
}

bool quantity_duration(const char *text, int64_t *ms)
{
    static const struct unit units[] = {
        {"ms", 1},       {"s", 1000},       {"min", 60000},     {"m", 60000},     {"h", 3600000},
        {"d", 86400000}, {"day", 86400000}, {"days", 86400000}, {"w", 604800000}, {NULL, 0},
    };
    return scaled(text, units, false, ms) && *ms >= 0;
}

bool quantity_share(const char *text, double *share)
{
    const char *rest;
    if (!leading_number(text, share, &rest))
        return false;
    if (strcmp(rest, "%") == 0)
        *share /= 100;
    else if (*rest != '\0')
        return false;
    return *share >= 0 && *share <= 1;
}

bool quantity_money(const char *text, struct money *money)
{
    const char *rest;
    double number;
    memset(money, 0, sizeof *money);
    if (!leading_number(text, &number, &rest) || number < 0 || number > 9e12)
        return false;
    size_t len = strlen(rest);
    for (size_t i = 0; i < len; i++)
        if (!isupper((unsigned char)rest[i]))
            return false;
    if (len != 0 && len != 3)
        return false;
    memcpy(money->currency, rest, len);
    money->micros = (int64_t)nearbyint(number * 1e6);
    return true;
}
