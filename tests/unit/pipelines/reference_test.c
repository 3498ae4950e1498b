/* reference: the same tables as text, Markdown and JSON Schema. */
#include "pipelines/reference.h"
#include "pipelines/sections.h"
#include "tests/unit/tap.h"

#include <string.h>

static const struct option options[] = {
    {.path = "name", .type = OPTION_TEXT, .help = "its name"},
    {.path = "shape.layers", .type = OPTION_INT, .initial = "4", .min = 1, .max = 96, .help = "layers"},
    {.path = "family", .type = OPTION_CHOICE, .initial = "gpt2", .choices = "gpt2|llama", .help = "form"},
    {.type = OPTION_END},
};
static const struct section models = {.path = "train.models[]", .help = "models", .size = 64, .options = options};
static const struct section *const sections[] = {&models, NULL};

static void test_every_option(struct arena *arena)
{
    struct buf out;
    size_t count = 0;
    const struct section *const *all = sections_all(arena);
    buf_init(&out, arena);
    reference_markdown(&out, all);
    for (size_t i = 0; all[i] != NULL; i++)
        for (const struct option *option = all[i]->options; option->type != OPTION_END; option++, count++)
            if (strstr(out.data, arena_printf(arena, "| `%s` |", option->path)) == NULL || option->help == NULL)
                OK(false, "%s.%s is in the reference and has help", all[i]->path, option->path);
    OK(count > 60, "%zu options are in the reference, each with help", count);
    OK(stage_find("clean") != NULL && stage_find("clen") == NULL, "stages by name");
}

int main(void)
{
    struct arena arena;
    struct buf out;
    arena_init(&arena);
    buf_init(&out, &arena);
    OK(reference_terminal(&out, sections, "train"), "a section above has something");
    SAME(out.data,
         "train.models[]: models\n"
         "  name                     text           required\n"
         "      its name\n"
         "  shape.layers             number         4\n"
         "      layers\n"
         "      1 to 96\n"
         "  family                   choice         gpt2\n"
         "      form\n"
         "      one of: gpt2, llama\n",
         "help on a terminal");
    OK(!reference_terminal(&out, sections, "trai"), "not a part of a word");
    char *schema = json_canonical(&arena, json_object_get(reference_schema(&arena, sections), "properties"));
    SAME(schema,
         "{\"train\":{\"additionalProperties\":false,\"properties\":{\"models\":{\"items\":{\"additionalProperties\":"
         "false,"
         "\"properties\":{\"family\":{\"default\":\"gpt2\",\"description\":\"form\",\"enum\":[\"gpt2\",\"llama\"]},"
         "\"name\":{\"description\":\"its name\",\"type\":\"string\"},"
         "\"shape\":{\"additionalProperties\":false,\"properties\":{\"layers\":{\"default\":\"4\",\"description\":"
         "\"layers\","
         "\"type\":[\"number\",\"string\"]}},\"type\":\"object\"}},"
         "\"required\":[\"name\"],\"type\":\"object\"},\"type\":\"array\"}},\"type\":\"object\"}}",
         "the JSON Schema");
    test_every_option(&arena);
    arena_release(&arena);
    return DONE();
}
