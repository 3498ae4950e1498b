/*
 * report_card: a report as the model card of an export: Markdown with the front matter that Hugging Face's hub reads.
 * All of it is counted, none is typed. Nothing can fail.
 */
#include "registry/report.h"

/* Markdown tables end at a bar. */
static void add_cell(struct buf *buf, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            buf_char(buf, '\\');
        buf_char(buf, *text == '\n' ? ' ' : *text);
    }
}

static void add_table(const struct report *report, struct buf *buf, const struct report_part *part)
{
    if (part->rows.count == 0)
        return;
    buf_printf(buf, "\n## %s\n\n|", part->title);
    for (size_t c = 0; c < part->count; c++)
        buf_printf(buf, " %s |", part->columns[c].title);
    buf_text(buf, "\n|");
    for (size_t c = 0; c < part->count; c++)
        buf_text(buf, " --- |");
    buf_char(buf, '\n');
    for (int r = 0; r < part->rows.count; r++) {
        buf_char(buf, '|');
        for (size_t c = 0; c < part->count; c++) {
            const struct column *column = &part->columns[c];
            buf_char(buf, ' ');
            add_cell(buf, show_value(report->session->arena, &part->rows, r, column->index, column->shape));
            buf_text(buf, " |");
        }
        buf_char(buf, '\n');
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

void report_card(const struct report *report, struct buf *out)
{
    const char *title, *value;
    buf_text(out, "---\nlibrary_name: transformers\npipeline_tag: text-generation\ntags: [tidemill]\n---\n\n");
    buf_printf(out, "# %s v%lld\n\n", report->version.model, (long long)report->version.number);
    buf_text(out, "A language model trained by Tidemill. Digests are SHA-256.\n\n");
    for (size_t i = 0; (title = report_fact(report, i, &value)); i++)
        if (*value)
            buf_printf(out, "- %s: %s\n", title, value);
    for (size_t i = 0; i < REPORT_PARTS; i++)
        add_table(report, out, &report->parts[i]);
    add_use(out);
}
