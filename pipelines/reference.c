/* reference: see reference.h. The JSON Schema is made in schema.c. */
#include "pipelines/reference.h"

#include <string.h>

const char *option_type_name(const struct option *option)
{
    static const char *const names[] = {
        [OPTION_TEXT] = "text",      [OPTION_TEXTS] = "list of texts", [OPTION_MAP] = "mapping",
        [OPTION_INT] = "number",     [OPTION_REAL] = "number",         [OPTION_SHARE] = "share",
        [OPTION_BOOL] = "yes or no", [OPTION_CHOICE] = "choice",       [OPTION_DURATION] = "duration",
        [OPTION_BYTES] = "bytes",    [OPTION_MONEY] = "money",
    };
    return names[option->type];
}

static const char *initial_of(const struct option *option)
{
    if (option->initial == NULL)
        return "required";
    return *option->initial == '\0' ? "none" : option->initial;
}

/* "0.65 to 1", "at least 1"; "" where there is no limit. In the field's unit; shares as they are. */
static const char *range_of(struct arena *arena, const struct option *option)
{
    if (option->choices != NULL) {
        struct texts words = text_split(arena, option->choices, '|');
        struct buf out;
        buf_init(&out, arena);
        for (size_t i = 0; i < words.count; i++)
            buf_printf(&out, "%s%s", i > 0 ? ", " : "", words.item[i]);
        return out.data;
    }
    if (option->min == 0 && option->max == 0)
        return "";
    return arena_printf(arena, "%.12g to %.12g", option->min, option->max);
}

static const char *title_of(const struct section *section)
{
    return *section->path == '\0' ? "(top of the file)" : section->path;
}

static bool below(const char *path, const char *above)
{
    size_t len = strlen(above);
    return strncmp(path, above, len) == 0 && (path[len] == '\0' || path[len] == '.' || path[len] == '[');
}

static void print_option(struct buf *out, const struct option *option)
{
    buf_printf(out, "  %-24s %-14s %s\n", option->path, option_type_name(option), initial_of(option));
    buf_printf(out, "      %s\n", option->help != NULL ? option->help : "");
    const char *range = range_of(out->arena, option);
    if (*range != '\0')
        buf_printf(out, "      %s%s\n", option->choices != NULL ? "one of: " : "", range);
}

bool reference_terminal(struct buf *out, const struct section *const *sections, const char *path)
{
    bool found = false;
    for (size_t i = 0; sections[i] != NULL; i++) {
        bool top = strcmp(path, "pipeline") == 0 && *sections[i]->path == '\0';
        if (!top && (*sections[i]->path == '\0' || !below(sections[i]->path, path)))
            continue;
        buf_printf(out, "%s%s: %s\n", found ? "\n" : "", title_of(sections[i]), sections[i]->help);
        for (const struct option *option = sections[i]->options; option->type != OPTION_END; option++)
            print_option(out, option);
        found = true;
    }
    return found;
}

/* A cell of a Markdown table. */
static void cell(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '|')
            buf_char(out, '\\');
        buf_char(out, *text);
    }
    buf_text(out, " | ");
}

static void markdown_option(struct buf *out, const struct option *option)
{
    buf_printf(out, "| `%s` | ", option->path);
    cell(out, option_type_name(option));
    cell(out, initial_of(option));
    cell(out, range_of(out->arena, option));
    cell(out, option->help != NULL ? option->help : "");
    buf_text(out, "\n");
}

void reference_markdown(struct buf *out, const struct section *const *sections)
{
    buf_text(out,
             "# Option reference\n\nMade by `tidemill help --reference` from the tables in the code. Quantities are "
             "written as people write them: `4M`, `2%`, `30s`, `1.5 GB`, `3 EUR`. Unknown keys are errors.\n");
    for (size_t i = 0; sections[i] != NULL; i++) {
        buf_printf(out, "\n## `%s`\n\n%s.\n\n", title_of(sections[i]), sections[i]->help);
        buf_text(out, "| option | type | default | range | what it is |\n| --- | --- | --- | --- | --- |\n");
        for (const struct option *option = sections[i]->options; option->type != OPTION_END; option++)
            markdown_option(out, option);
    }
}
