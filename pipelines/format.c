/* format: see format.h. */
#include "pipelines/format.h"

#include "lib/base/clock.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *format_count(struct arena *arena, int64_t value)
{
    char digits[32];
    struct buf out;
    int len = snprintf(digits, sizeof digits, "%lld", (long long)value);
    int first = value < 0 ? 1 : 0;
    buf_init(&out, arena);
    for (int i = 0; i < len; i++) {
        if (i > first && (len - i) % 3 == 0)
            buf_char(&out, ',');
        buf_char(&out, digits[i]);
    }
    return out.data;
}

/* Three digits and a unit of thousands. */
static const char *scaled(struct arena *arena, double value, const char *const *units, size_t count)
{
    size_t unit = 0;
    while (fabs(value) >= 999.5 && unit + 1 < count) {
        value /= 1000;
        unit++;
    }
    int decimals = unit == 0 || fabs(value) >= 99.95 ? 0 : fabs(value) >= 9.995 ? 1 : 2;
    return arena_printf(arena, "%.*f%s%s", decimals, value, *units[unit] != '\0' ? " " : "", units[unit]);
}

const char *format_short(struct arena *arena, double value)
{
    static const char *const units[] = {"", "k", "M", "G", "T"};
    return scaled(arena, value, units, 5);
}

const char *format_bytes(struct arena *arena, double bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    return scaled(arena, bytes, units, 6);
}

const char *format_amount(struct arena *arena, double amount)
{
    int decimals = 2;
    if (fabs(amount) < 0.0000005)
        return "0.00";
    for (double size = fabs(amount); size > 0 && size < 0.0995 && decimals < 6; size *= 10)
        decimals++;
    return arena_printf(arena, "%.*f", decimals, amount);
}

const char *format_money(struct arena *arena, double amount, const char *currency)
{
    return arena_printf(arena, "%s %s", format_amount(arena, amount), currency);
}

const char *format_seconds(struct arena *arena, double seconds)
{
    char text[CLOCK_TEXT];
    if (seconds < 9.95)
        return arena_printf(arena, "%.1f s", seconds);
    clock_format_duration(seconds, text);
    return arena_strdup(arena, text);
}

const char *format_share(struct arena *arena, double share)
{
    return arena_printf(arena, "%.1f %%", share * 100);
}

const char *format_sparkline(struct arena *arena, const double *values, size_t count, size_t width)
{
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    struct buf out;
    double means[128], low = INFINITY, high = -INFINITY;
    if (width > 128)
        width = 128;
    if (width > count)
        width = count;
    buf_init(&out, arena);
    for (size_t i = 0; i < width; i++) {
        size_t from = i * count / width, to = (i + 1) * count / width;
        double sum = 0;
        for (size_t j = from; j < to; j++)
            sum += values[j];
        means[i] = sum / (double)(to - from);
        if (!isfinite(means[i]))
            continue;
        low = fmin(low, means[i]);
        high = fmax(high, means[i]);
    }
    for (size_t i = 0; i < width; i++) {
        double place = high > low ? (means[i] - low) / (high - low) * 7 : 0;
        buf_text(&out, isfinite(means[i]) ? blocks[(size_t)lround(place)] : " ");
    }
    return out.data;
}

const char *format_bar(struct arena *arena, double share, size_t width)
{
    struct buf out;
    double bounded = share >= 0 && share <= 1 ? share : share > 1 ? 1 : 0;
    size_t full = (size_t)lround(bounded * (double)width);
    buf_init(&out, arena);
    for (size_t i = 0; i < width; i++)
        buf_text(&out, i < full ? "█" : "░");
    return out.data;
}

size_t format_width(const char *text)
{
    size_t width = 0;
    for (; *text != '\0'; text++)
        if (((unsigned char)*text & 0xc0) != 0x80)
            width++;
    return width;
}

const char *format_cut(struct arena *arena, const char *text, size_t columns)
{
    size_t bytes = 0, width = 0;
    while (text[bytes] != '\0') {
        if (((unsigned char)text[bytes] & 0xc0) != 0x80 && width++ == columns)
            break;
        bytes++;
    }
    return arena_strndup(arena, text, bytes);
}
