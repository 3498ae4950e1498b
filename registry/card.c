/* card: the model card of an export: what the model is, how good, made of what, for how much. All of it counted, none
 * typed. */
#include "registry/export.h"

#include <string.h>

/* Markdown tables end at a bar. */
static void add_cell(struct buf *buf, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            buf_char(buf, '\\');
        buf_char(buf, *text == '\n' ? ' ' : *text);
    }
}

static void add_table(struct session *session, struct buf *buf, const char *title, const struct rows *rows,
                      const struct column *columns, size_t count)
{
    if (rows->count == 0)
        return;
    buf_printf(buf, "\n## %s\n\n|", title);
    for (size_t c = 0; c < count; c++)
        buf_printf(buf, " %s |", columns[c].title);
    buf_text(buf, "\n|");
    for (size_t c = 0; c < count; c++)
        buf_text(buf, " --- |");
    buf_char(buf, '\n');
    for (int r = 0; r < rows->count; r++) {
        buf_char(buf, '|');
        for (size_t c = 0; c < count; c++) {
            buf_char(buf, ' ');
            add_cell(buf, show_value(session->arena, rows, r, columns[c].index, columns[c].shape));
            buf_text(buf, " |");
        }
        buf_char(buf, '\n');
    }
}

static void add_head(struct session *session, struct buf *buf, const struct rows *show)
{
    static const struct column facts[] = {
        {"state", 2, SHAPE_TEXT},      {"aliases", 3, SHAPE_TEXT},      {"reason", 4, SHAPE_TEXT},
        {"created", 5, SHAPE_TIME},    {"run", 6, SHAPE_TEXT},          {"parameters", 7, SHAPE_COUNT},
        {"dataset", 8, SHAPE_TEXT},    {"documents", 9, SHAPE_COUNT},   {"text", 10, SHAPE_BYTES},
        {"cost", 11, SHAPE_MONEY},     {"weights", 13, SHAPE_TEXT},     {"config", 14, SHAPE_TEXT},
        {"tokenizer", 15, SHAPE_TEXT}, {"dataset root", 16, SHAPE_TEXT}};
    buf_text(buf, "---\nlibrary_name: transformers\npipeline_tag: text-generation\ntags: [tidemill]\n---\n\n");
    buf_printf(buf, "# %s v%s\n\n", row_text(show, 0, 0), row_text(show, 0, 1));
    buf_text(buf, "A language model trained by Tidemill. Digests are SHA-256.\n\n");
    for (size_t c = 0; c < sizeof facts / sizeof *facts; c++) {
        const char *value = show_value(session->arena, show, 0, facts[c].index, facts[c].shape);
        if (*value)
            buf_printf(buf, "- %s: %s\n", facts[c].title, value);
    }
}

static void add_use(struct buf *buf)
{
    buf_text(buf, "\n## Use\n\n```python\nfrom transformers import AutoModelForCausalLM, AutoTokenizer\n"
                  "tokenizer = AutoTokenizer.from_pretrained(\".\")\n"
                  "model = AutoModelForCausalLM.from_pretrained(\".\")\n"
                  "ids = tokenizer(\"The\", return_tensors=\"pt\").input_ids\n"
                  "print(tokenizer.decode(model.generate(ids, max_new_tokens=50)[0]))\n```\n");
}

bool model_card(struct session *session, const struct version *version, const char **text, struct err *err)
{
    static const struct column score_columns[] = {{"subject", 0, SHAPE_TEXT},
                                                  {"metric", 1, SHAPE_TEXT},
                                                  {"value", 2, SHAPE_SCORE},
                                                  {"95 % from", 3, SHAPE_SCORE},
                                                  {"to", 4, SHAPE_SCORE}};
    static const struct column gate_columns[] = {
        {"gate", 0, SHAPE_TEXT}, {"outcome", 1, SHAPE_TEXT}, {"reason", 2, SHAPE_TEXT}};
    static const struct column source_columns[] = {{"source", 0, SHAPE_TEXT}, {"licence", 1, SHAPE_TEXT},
                                                   {"basis", 2, SHAPE_TEXT},  {"documents in", 3, SHAPE_COUNT},
                                                   {"kept", 4, SHAPE_COUNT},  {"text", 5, SHAPE_BYTES}};
    static const struct column drop_columns[] = {
        {"source", 0, SHAPE_TEXT}, {"rule", 1, SHAPE_TEXT}, {"documents", 2, SHAPE_COUNT}};
    struct rows show, scores, gates, sources, drops;
    struct ledger *ledger = session->ledger;
    struct arena *arena = session->arena;
    if (!ledger_exec(ledger, arena, STATEMENT_REGISTRY_SHOW, PARAMS(version->id), &show, err) ||
        !ledger_exec(ledger, arena, STATEMENT_REGISTRY_SCORES, PARAMS(version->run), &scores, err) ||
        !ledger_exec(ledger, arena, STATEMENT_REGISTRY_GATES, PARAMS(version->run, version->model), &gates, err) ||
        !ledger_exec(ledger, arena, STATEMENT_REGISTRY_SOURCES, PARAMS(version->id), &sources, err) ||
        !ledger_exec(ledger, arena, STATEMENT_REGISTRY_DROPS, PARAMS(version->run), &drops, err))
        return false;
    struct buf buf;
    buf_init(&buf, arena);
    add_head(session, &buf, &show);
    add_table(session, &buf, "Scores on held-out documents", &scores, COLUMNS(score_columns));
    add_table(session, &buf, "Gates", &gates, COLUMNS(gate_columns));
    add_table(session, &buf, "Data", &sources, COLUMNS(source_columns));
    add_table(session, &buf, "Left out", &drops, COLUMNS(drop_columns));
    add_use(&buf);
    *text = buf.data;
    return true;
}
