/* report_text: a report for a terminal: facts, tables, the loss as a line of blocks, a sample. Nothing can fail. */
#include "registry/report.h"

#include <math.h>
#include <string.h>

/* The last validation loss, and the curve of the training loss in eight heights. */
static void print_curve(const struct report *report)
{
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    enum { WIDTH = 40 };
    FILE *out = report->session->out;
    const struct rows *points = &report->points;
    double least = HUGE_VAL, most = -HUGE_VAL, first = 0, last = 0;
    int count = 0;
    for (int r = 0; r < points->count; r++) {
        double value = row_real(points, r, 2);
        if (strcmp(row_text(points, r, 0), "loss") != 0 || !isfinite(value))
            continue;
        first = count++ == 0 ? value : first;
        last = value;
        least = fmin(least, value);
        most = fmax(most, value);
    }
    if (count < 2)
        return;
    fprintf(out, "\nTraining loss %.3f -> %.3f  ", first, last);
    int width = count < WIDTH ? count : WIDTH, place = 0, shown = 0;
    for (int r = 0; r < points->count; r++) {
        double value = row_real(points, r, 2);
        if (strcmp(row_text(points, r, 0), "loss") != 0 || !isfinite(value))
            continue;
        if (place++ * width / count < shown)
            continue;
        shown++;
        fputs(blocks[most > least ? (int)((value - least) / (most - least) * 7.99) : 0], out);
    }
    fputc('\n', out);
}

void report_text(const struct report *report)
{
    FILE *out = report->session->out;
    const char *title, *value;
    fprintf(out, "%s v%lld\n", report->version.model, (long long)report->version.number);
    for (size_t i = 0; (title = report_fact(report, i, &value)); i++)
        if (*value)
            fprintf(out, "  %-12s  %s\n", title, value);
    print_curve(report);
    for (size_t i = 0; i < REPORT_PARTS; i++) {
        const struct report_part *part = &report->parts[i];
        if (part->rows.count == 0)
            continue;
        fprintf(out, "\n%s\n", part->title);
        print_table(report->session, &part->rows, part->columns, part->count, 20);
    }
    const json_t *sample = json_array_get(report->samples, 0);
    if (sample)
        fprintf(out, "\nSample\n%s | %s\n", json_text_or(sample, "prompt", ""), json_text_or(sample, "text", ""));
}
