/* check: is the definition valid? All errors at once, each with its place and the way out. */
#include "lib/base/json.h"
#include "pipelines/command.h"
#include "pipelines/load.h"
#include "pipelines/sections.h"

#include <stdio.h>

static void print_json(struct session *session, const struct definition *definition)
{
    json_t *errors = json_array();
    for (size_t i = 0; i < definition->error_count; i++) {
        const struct definition_error *error = &definition->errors[i];
        json_array_append_new(errors,
                              json_pack("{s:s, s:i, s:i, s:s, s:s}", "file", error->file, "line", error->line, "column",
                                        error->column, "path", error->path, "message", error->message));
    }
    json_t *all =
        json_keep(session->arena, json_pack("{s:b, s:o}", "valid", definition->error_count == 0, "errors", errors));
    puts(json_canonical(session->arena, all));
}

bool check_command(struct session *session, struct err *err)
{
    struct loaded loaded;
    const char *report;
    const struct arguments *arguments = &session->arguments;
    bool valid = load_definition(&loaded, session->arena, arguments->operands[0], NULL, arguments->state, &report, err);
    if (!valid && report == NULL)
        return false;
    if (arguments->json)
        print_json(session, &loaded.definition);
    else if (valid)
        printf("%s is valid: pipeline %s, %zu source%s, %zu model%s\n", arguments->operands[0], loaded.pipeline.name,
               loaded.sources, loaded.sources == 1 ? "" : "s", loaded.models, loaded.models == 1 ? "" : "s");
    else
        fprintf(stderr, "%s\n", report);
    if (!valid)
        *err->text = '\0'; /* all has been said */
    return valid;
}
