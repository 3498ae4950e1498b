/*
 * report_html: a report as one HTML page that needs nothing but itself: no script, no font, no picture from elsewhere.
 * Whatever comes from documents and definitions is escaped. Nothing can fail.
 */
#include "registry/report.h"

#include <math.h>
#include <string.h>

static void add_text(struct buf *buf, const char *text)
{
    for (; *text; text++) {
        const char *entity = *text == '<'   ? "&lt;"
                             : *text == '>' ? "&gt;"
                             : *text == '&' ? "&amp;"
                             : *text == '"' ? "&quot;"
                                            : NULL;
        if (entity)
            buf_text(buf, entity);
        else
            buf_char(buf, *text);
    }
}

static void add_table(const struct report *report, struct buf *buf, const struct report_part *part)
{
    if (part->rows.count == 0)
        return;
    buf_printf(buf, "<h2>%s</h2>\n<table><tr>", part->title);
    for (size_t c = 0; c < part->count; c++)
        buf_printf(buf, "<th>%s</th>", part->columns[c].title);
    buf_text(buf, "</tr>\n");
    for (int r = 0; r < part->rows.count; r++) {
        buf_text(buf, "<tr>");
        for (size_t c = 0; c < part->count; c++) {
            const struct column *column = &part->columns[c];
            buf_text(buf, column->shape != SHAPE_TEXT ? "<td class=n>" : "<td>");
            add_text(buf, show_value(report->session->arena, &part->rows, r, column->index, column->shape));
            buf_text(buf, "</td>");
        }
        buf_text(buf, "</tr>\n");
    }
    buf_text(buf, "</table>\n");
}

/* One line of the chart through the points of a series. points: series, step, value */
static void add_line(struct buf *buf, const struct rows *points, const char *series, const char *colour,
                     const double box[4])
{
    buf_printf(buf, "<polyline fill=none stroke=\"%s\" stroke-width=1.5 points=\"", colour);
    for (int r = 0; r < points->count; r++) {
        double step = row_real(points, r, 1), value = row_real(points, r, 2);
        if (strcmp(row_text(points, r, 0), series) == 0 && isfinite(value))
            buf_printf(buf, "%.1f,%.1f ", 40 + 640 * (step - box[0]) / (box[1] - box[0]),
                       10 + 220 * (box[3] - value) / (box[3] - box[2]));
    }
    buf_text(buf, "\"/>\n");
}

static void add_curve(struct buf *buf, const struct rows *points)
{
    double box[4] = {HUGE_VAL, -HUGE_VAL, HUGE_VAL, -HUGE_VAL}; /* steps from, to; values from, to */
    for (int r = 0; r < points->count; r++) {
        double step = row_real(points, r, 1), value = row_real(points, r, 2);
        if (!isfinite(value))
            continue;
        box[0] = fmin(box[0], step);
        box[1] = fmax(box[1], step);
        box[2] = fmin(box[2], value);
        box[3] = fmax(box[3], value);
    }
    if (!(box[1] > box[0]) || !(box[3] > box[2]))
        return;
    buf_text(buf, "<h2>Loss</h2>\n<svg viewBox=\"0 0 700 260\" role=img aria-label=\"loss by step\">\n");
    buf_printf(buf,
               "<text x=0 y=18>%.2f</text><text x=0 y=232>%.2f</text><text x=40 y=252>step %.0f</text>"
               "<text x=680 y=252 text-anchor=end>%.0f: training grey, validation blue</text>\n",
               box[3], box[2], box[0], box[1]);
    add_line(buf, points, "loss", "#999", box);
    add_line(buf, points, "validation_loss", "#06c", box);
    buf_text(buf, "</svg>\n");
}

static void add_samples(const struct report *report, struct buf *buf)
{
    size_t i;
    json_t *sample;
    if (json_array_size(report->samples) > 0)
        buf_text(buf, "<h2>Samples</h2>\n");
    json_array_foreach(report->samples, i, sample)
    {
        buf_text(buf, "<p class=s><b>");
        add_text(buf, json_text_or(sample, "prompt", ""));
        buf_text(buf, "</b>");
        add_text(buf, json_text_or(sample, "text", ""));
        buf_text(buf, "</p>\n");
    }
}

static const char style[] =
    "<style>body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}"
    "table{border-collapse:collapse}td,th{padding:.2em .8em;border-bottom:1px solid #ddd;text-align:left}"
    "td.n{text-align:right;font-variant-numeric:tabular-nums}svg{max-width:100%;border:1px solid #eee}"
    "svg text{font-size:11px;fill:#666}.s{white-space:pre-wrap;background:#f6f6f6;padding:.8em}</style>";

void report_html(const struct report *report, struct buf *out)
{
    const char *value, *fact;
    const char *title =
        arena_printf(report->session->arena, "%s v%lld", report->version.model, (long long)report->version.number);
    buf_text(out, "<!doctype html>\n<html lang=en><meta charset=utf-8><title>");
    add_text(out, title);
    buf_printf(out, "</title>\n%s\n<h1>", style);
    add_text(out, title);
    buf_text(out, "</h1>\n<table>\n");
    for (size_t i = 0; (fact = report_fact(report, i, &value)); i++) {
        if (!*value)
            continue;
        buf_printf(out, "<tr><td>%s</td><td>", fact);
        add_text(out, value);
        buf_text(out, "</td></tr>\n");
    }
    buf_text(out, "</table>\n");
    add_curve(out, &report->points);
    for (size_t i = 0; i < REPORT_PARTS; i++)
        add_table(report, out, &report->parts[i]);
    add_samples(report, out);
    buf_text(out, "</html>\n");
}
