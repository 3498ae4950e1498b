/*
 * report: the command `report`: one HTML page about a model version that needs nothing but itself: how good it is
 * beside the baselines, the loss curve, samples, the data and why documents were left out, what each stage cost, what
 * it was made of.
 */
#include "registry/command.h"

#include "lib/base/file.h"
#include "lib/base/json.h"

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

static void add_table(struct session *session, struct buf *buf, const char *title, const struct rows *rows,
                      const struct column *columns, size_t count)
{
    if (rows->count == 0)
        return;
    buf_printf(buf, "<h2>%s</h2>\n<table><tr>", title);
    for (size_t c = 0; c < count; c++)
        buf_printf(buf, "<th>%s</th>", columns[c].title);
    buf_text(buf, "</tr>\n");
    for (int r = 0; r < rows->count; r++) {
        buf_text(buf, "<tr>");
        for (size_t c = 0; c < count; c++) {
            bool number = columns[c].shape != SHAPE_TEXT && columns[c].shape != SHAPE_DIGEST;
            buf_text(buf, number ? "<td class=n>" : "<td>");
            add_text(buf, show_value(session->arena, rows, r, columns[c].index, columns[c].shape));
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

/* Continuations from the artifact of the score; a page without them is still a page. */
static bool add_samples(struct session *session, struct buf *buf, const struct version *version, struct err *err)
{
    struct rows rows;
    struct digest digest;
    struct map map;
    struct err ignored;
    if (!ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_SCORE_ARTIFACT,
                     PARAMS(version->run, version->model), &rows, err))
        return false;
    if (rows.count == 0 || !row_digest(&rows, 0, 0, &digest) ||
        !store_map(&session->store, session->arena, &digest, &map, &ignored))
        return true;
    json_t *score = json_read(session->arena, map.data, map.size, &ignored), *sample;
    size_t i;
    if (json_array_size(json_object_get(score, "samples")) > 0)
        buf_text(buf, "<h2>Samples</h2>\n");
    json_array_foreach(json_object_get(score, "samples"), i, sample)
    {
        buf_text(buf, "<p class=s><b>");
        add_text(buf, json_text_or(sample, "prompt", ""));
        buf_text(buf, "</b>");
        add_text(buf, json_text_or(sample, "text", ""));
        buf_text(buf, "</p>\n");
    }
    return true;
}

static const char style[] =
    "<style>body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}"
    "table{border-collapse:collapse}td,th{padding:.2em .8em;border-bottom:1px solid #ddd;text-align:left}"
    "td.n{text-align:right;font-variant-numeric:tabular-nums}svg{max-width:100%;border:1px solid #eee}"
    "svg text{font-size:11px;fill:#666}.s{white-space:pre-wrap;background:#f6f6f6;padding:.8em}</style>";

static void add_head(struct session *session, struct buf *buf, const struct version *version, const struct rows *show)
{
    static const struct column facts[] = {
        {"state", 2, SHAPE_TEXT},        {"aliases", 3, SHAPE_TEXT},    {"reason", 4, SHAPE_TEXT},
        {"created", 5, SHAPE_TIME},      {"run", 6, SHAPE_TEXT},        {"parameters", 7, SHAPE_COUNT},
        {"dataset", 8, SHAPE_TEXT},      {"documents", 9, SHAPE_COUNT}, {"text", 10, SHAPE_BYTES},
        {"cost", 11, SHAPE_MONEY},       {"weights", 13, SHAPE_TEXT},   {"tokenizer", 15, SHAPE_TEXT},
        {"dataset root", 16, SHAPE_TEXT}};
    const char *title = arena_printf(session->arena, "%s v%lld", version->model, (long long)version->number);
    buf_text(buf, "<!doctype html>\n<html lang=en><meta charset=utf-8><title>");
    add_text(buf, title);
    buf_printf(buf, "</title>\n%s\n<h1>", style);
    add_text(buf, title);
    buf_text(buf, "</h1>\n<table>\n");
    for (size_t c = 0; c < sizeof facts / sizeof *facts; c++) {
        const char *value = show_value(session->arena, show, 0, facts[c].index, facts[c].shape);
        if (!*value)
            continue;
        buf_printf(buf, "<tr><td>%s</td><td>", facts[c].title);
        add_text(buf, value);
        buf_text(buf, "</td></tr>\n");
    }
    buf_text(buf, "</table>\n");
}

/* Tables of the page: title, statement, columns. */
struct part {
    const char *title;
    enum statement statement;
    bool of_version; /* its parameter is the version's id, else the run's */
    struct column columns[8];
    size_t count;
};

static const struct part parts[] = {
    {"Scores on held-out documents",
     STATEMENT_REGISTRY_SCORES,
     false,
     {{"subject", 0, SHAPE_TEXT},
      {"metric", 1, SHAPE_TEXT},
      {"value", 2, SHAPE_SCORE},
      {"95 % from", 3, SHAPE_SCORE},
      {"to", 4, SHAPE_SCORE}},
     5},
    {"Quality and its price",
     STATEMENT_REGISTRY_QUALITY,
     false,
     {{"subject", 0, SHAPE_TEXT},
      {"bits per byte", 1, SHAPE_SCORE},
      {"cost", 2, SHAPE_MONEY},
      {"best value", 4, SHAPE_TEXT}},
     4},
    {"Data",
     STATEMENT_REGISTRY_SOURCES,
     true,
     {{"source", 0, SHAPE_TEXT},
      {"licence", 1, SHAPE_TEXT},
      {"basis", 2, SHAPE_TEXT},
      {"documents in", 3, SHAPE_COUNT},
      {"kept", 4, SHAPE_COUNT},
      {"text", 5, SHAPE_BYTES},
      {"shards", 6, SHAPE_COUNT}},
     7},
    {"Left out",
     STATEMENT_REGISTRY_DROPS,
     false,
     {{"source", 0, SHAPE_TEXT}, {"rule", 1, SHAPE_TEXT}, {"documents", 2, SHAPE_COUNT}, {"text", 3, SHAPE_BYTES}},
     4},
    {"Cost by stage",
     STATEMENT_REGISTRY_COST_RUN,
     false,
     {{"stage", 0, SHAPE_TEXT}, {"cost", 1, SHAPE_MONEY}, {"CPU hours", 3, SHAPE_SCORE}, {"attempts", 5, SHAPE_COUNT}},
     4},
};

static bool add_parts(struct session *session, struct buf *buf, const struct version *version, struct err *err)
{
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct rows rows;
        if (!ledger_exec(session->ledger, session->arena, parts[i].statement,
                         PARAMS(parts[i].of_version ? version->id : version->run), &rows, err))
            return false;
        add_table(session, buf, parts[i].title, &rows, parts[i].columns, parts[i].count);
    }
    return true;
}

bool command_report(struct session *session, struct err *err)
{
    static const struct column gate_columns[] = {
        {"gate", 0, SHAPE_TEXT}, {"outcome", 1, SHAPE_TEXT}, {"reason", 2, SHAPE_TEXT}};
    struct version version;
    struct rows show, gates, points;
    struct buf buf;
    buf_init(&buf, session->arena);
    if (!find_version(session, session->arguments[0], &version, err) ||
        !ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_SHOW, PARAMS(version.id), &show, err) ||
        !ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_GATES, PARAMS(version.run, version.model),
                     &gates, err) ||
        !ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_CURVE, PARAMS(version.run, version.model),
                     &points, err))
        return false;
    add_head(session, &buf, &version, &show);
    add_table(session, &buf, "Gates", &gates, COLUMNS(gate_columns));
    add_curve(&buf, &points);
    if (!add_parts(session, &buf, &version, err) || !add_samples(session, &buf, &version, err))
        return false;
    buf_text(&buf, "</html>\n");
    if (!session->output) {
        fwrite(buf.data, 1, buf.len, session->out);
        return true;
    }
    if (!file_write(session->output, buf.data, buf.len, err))
        return false;
    fprintf(session->out, "%s v%lld: %s\n", version.model, (long long)version.number, session->output);
    return true;
}
