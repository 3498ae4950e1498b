/*
 * stage: see stage.h. What every stage executable's main() is: arguments, help, and the worker loop.
 *
 * This and the runner are the only places that print.
 */
#include "lib/flow/stage.h"

#include "lib/base/log.h"
#include "lib/base/output.h"
#include "lib/flow/worker.h"

#include <stdio.h>
#include <string.h>

struct stage_arguments {
    const char *state, *file;
    bool once, describe, help, quiet;
};

static bool parse(struct stage_arguments *arguments, int argc, char **argv, struct err *err)
{
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (strcmp(word, "--state") == 0 && i + 1 < argc)
            arguments->state = argv[++i];
        else if (strcmp(word, "--once") == 0)
            arguments->once = true;
        else if (strcmp(word, "--quiet") == 0)
            arguments->quiet = true;
        else if (strcmp(word, "--describe") == 0)
            arguments->describe = true;
        else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
            arguments->help = true;
        else if (word[0] != '-' && arguments->file == NULL)
            arguments->file = word;
        else
            return err_set(err, ERR_USAGE, "%s: unknown argument; see --help", word);
    }
    return true;
}

static void help(const struct stage_info *info)
{
    printf("usage: tidemill-%s [--state DIR] [--once] [--quiet] [SITE.yaml]\n\n%s.\nServes tasks of these kinds until "
           "told "
           "to stop (SIGTERM):\n",
           info->name, info->summary);
    for (const struct kind *kind = info->kinds; kind->name != NULL; kind++)
        printf("  %-20s revision %d\n", kind->name, kind->revision);
    printf("\n  --state DIR   the state folder; default $TIDEMILL_STATE\n"
           "  --once        end when there is nothing to do\n"
           "  --quiet       log nothing but errors\n"
           "  --describe    print kinds, revisions and options as JSON\n"
           "  SITE.yaml     connections, store and prices, or a definition whose site: counts\n\n"
           "Its options stand in a pipeline's definition: tidemill help %s\n\n"
           "example: tidemill-%s --state /srv/tidemill site.yaml\n",
           info->name, info->name);
}

static json_t *describe_section(const struct section *section)
{
    json_t *options = json_array();
    for (const struct option *option = section->options; option->type != OPTION_END; option++)
        json_array_append_new(options, json_pack("{s:s, s:s*, s:s*, s:b, s:s*}", "path", option->path, "default",
                                                 option->initial, "choices", option->choices, "inert", option->inert,
                                                 "help", option->help));
    return json_pack("{s:s, s:s*, s:o}", "path", section->path, "help", section->help, "options", options);
}

static void describe(const struct stage_info *info)
{
    struct arena arena;
    json_t *kinds = json_array(), *sections = json_array();
    arena_init(&arena);
    for (const struct kind *kind = info->kinds; kind->name != NULL; kind++)
        json_array_append_new(kinds, json_pack("{s:s, s:i, s:s*, s:s*}", "name", kind->name, "revision", kind->revision,
                                               "facts", kind->facts, "section",
                                               kind->section == NULL ? NULL : kind->section->path));
    for (const struct section *const *section = info->sections; *section != NULL; section++)
        json_array_append_new(sections, describe_section(*section));
    json_t *all = json_pack("{s:s, s:s, s:o, s:o}", "name", info->name, "summary", info->summary, "kinds", kinds,
                            "sections", sections);
    printf("%s\n", json_canonical(&arena, json_keep(&arena, all)));
    arena_release(&arena);
}

static bool serve(const struct stage *stage, const struct stage_arguments *arguments, char **argv, struct err *err)
{
    struct arena arena;
    struct site site;
    const struct worker_options options = {.once = arguments->once, .argv = argv};
    arena_init(&arena);
    bool good =
        site_read(&arena, arguments->file, arguments->state, &site, err) && worker_serve(stage, &site, &options, err);
    arena_release(&arena);
    return good;
}

int stage_main(const struct stage *stage, int argc, char **argv)
{
    struct err err = {ERR_OK, ""};
    struct stage_arguments arguments = {0};
    output_open();
    if (!parse(&arguments, argc, argv, &err)) {
        fprintf(stderr, "tidemill-%s: %s\n", stage->info->name, err.text);
        return err_status(err.code);
    }
    if (arguments.help || arguments.describe) {
        (arguments.help ? help : describe)(stage->info);
        return 0;
    }
    char program[64];
    snprintf(program, sizeof program, "tidemill-%s", stage->info->name);
    log_open(program, arguments.quiet ? LOG_ERROR : LOG_INFO);
    if (serve(stage, &arguments, argv, &err))
        return 0;
    fprintf(stderr, "tidemill-%s: %s\n", stage->info->name, err.text);
    return err_status(err.code);
}
