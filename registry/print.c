/* print: rows of the ledger as people read them: aligned tables, records, and JSON for programs. Nothing can fail. */
#include "registry/command.h"

#include "lib/base/text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* 1234567 as 1,234,567 */
static const char *grouped(struct arena *arena, int64_t value)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRId64, value < 0 ? -value : value);
    struct buf buf;
    buf_init(&buf, arena);
    if (value < 0)
        buf_char(&buf, '-');
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            buf_char(&buf, ',');
        buf_char(&buf, digits[i]);
    }
    return buf.data;
}

static const char *bytes_text(struct arena *arena, double bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    size_t unit = 0;
    while (bytes >= 1000 && unit + 1 < sizeof units / sizeof *units) {
        bytes /= 1000;
        unit++;
    }
    return arena_printf(arena, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
}

/* Two digits that count, where a cent is too coarse: 3.20 EUR, 0.0061 EUR, 0.000023 EUR. */
static const char *money_text(struct arena *arena, double amount, const char *currency)
{
    double size = fabs(amount);
    int decimals = size == 0 || size >= 0.1 ? 2 : size < 1e-8 ? 9 : (int)ceil(-log10(size)) + 1;
    return arena_printf(arena, "%.*f %s", decimals, amount, currency ? currency : "");
}

const char *show_value(struct arena *arena, const struct rows *rows, int row, int index, enum shape shape)
{
    const char *text = row_text(rows, row, index);
    if (!text)
        return "";
    switch (shape) {
    case SHAPE_COUNT:
        return grouped(arena, row_int(rows, row, index));
    case SHAPE_BYTES:
        return bytes_text(arena, row_real(rows, row, index));
    case SHAPE_SCORE:
        return arena_printf(arena, "%.4g", row_real(rows, row, index));
    case SHAPE_MONEY:
        return money_text(arena, row_real(rows, row, index), row_text(rows, row, index + 1));
    case SHAPE_TIME:
        return arena_strndup(arena, text, 16); /* to the minute */
    case SHAPE_DIGEST:
        return arena_strndup(arena, text + (text[0] == '\\' ? 2 : 0), 12);
    case SHAPE_VERSION:
        return arena_printf(arena, "v%s", text);
    case SHAPE_TEXT:
        break;
    }
    return text;
}

static bool right_aligned(enum shape shape)
{
    return shape == SHAPE_COUNT || shape == SHAPE_BYTES || shape == SHAPE_SCORE || shape == SHAPE_MONEY;
}

/* Characters, not bytes, so that columns of UTF-8 align. */
static int width_of(const char *text)
{
    int width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

static void print_cell(FILE *out, const char *text, int width, bool right, bool last)
{
    int pad = width - width_of(text);
    if (right)
        fprintf(out, "%*s", pad, "");
    fputs(text, out);
    if (!right && !last)
        fprintf(out, "%*s", pad, "");
    fputs(last ? "\n" : "  ", out);
}

void print_table(struct session *session, const struct rows *rows, const struct column *columns, size_t count, int most)
{
    int shown = most > 0 && !session->all && rows->count > most ? most : rows->count;
    int *widths = ARENA_ARRAY(session->arena, int, count);
    const char **cells = ARENA_ARRAY(session->arena, const char *, count *(size_t)(shown + 1));
    for (size_t c = 0; c < count; c++) {
        widths[c] = width_of(columns[c].title);
        for (int r = 0; r < shown; r++) {
            const char *cell = show_value(session->arena, rows, r, columns[c].index, columns[c].shape);
            cells[(size_t)r * count + c] = cell;
            widths[c] = width_of(cell) > widths[c] ? width_of(cell) : widths[c];
        }
    }
    for (int r = -1; r < shown; r++)
        for (size_t c = 0; c < count; c++)
            print_cell(session->out, r < 0 ? columns[c].title : cells[(size_t)r * count + c], widths[c],
                       right_aligned(columns[c].shape), c + 1 == count);
    if (shown < rows->count)
        fprintf(session->out, "... and %d more (--all shows them)\n", rows->count - shown);
}

void print_json(struct session *session, const struct rows *rows)
{
    struct buf buf;
    buf_init(&buf, session->arena);
    rows_json(rows, &buf);
    fprintf(session->out, "%s\n", buf.data);
}

void print_rows(struct session *session, const struct rows *rows, const struct column *columns, size_t count, int most,
                const char *none)
{
    if (session->json)
        print_json(session, rows);
    else if (rows->count == 0)
        fprintf(session->out, "%s\n", none);
    else
        print_table(session, rows, columns, count, most);
}

void print_record(struct session *session, const struct rows *rows, int row, const struct column *columns, size_t count)
{
    int width = 0;
    for (size_t c = 0; c < count; c++)
        width = width_of(columns[c].title) > width ? width_of(columns[c].title) : width;
    for (size_t c = 0; c < count; c++) {
        const char *value = show_value(session->arena, rows, row, columns[c].index, columns[c].shape);
        if (*value)
            fprintf(session->out, "%-*s  %s\n", width, columns[c].title, value);
    }
}
