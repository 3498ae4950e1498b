/* work_settings: see work_settings.h. */
#include "lib/flow/work_settings.h"

#include "lib/base/text.h"
#include "lib/flow/definition.h"

#include <string.h>

void work_settings_init(struct work_settings *settings)
{
    *settings = (struct work_settings){.known = false};
    arena_init(&settings->arena);
}

void work_settings_release(struct work_settings *settings)
{
    arena_release(&settings->arena);
}

/* A worker of another revision than the run's runner would give other output under the same key. */
static bool check_revision(struct work_settings *settings, struct ledger *ledger, const struct kind *kind,
                           struct err *err)
{
    struct rows rows;
    if (!ledger_exec(ledger, &settings->arena, STATEMENT_STAGE_RUN_SETTINGS,
                     PARAMS(settings->run, kind->name, param_int(&settings->arena, settings->element)), &rows, err))
        return false;
    if (rows.count > 0 && row_int(&rows, 0, 1) == kind->revision)
        return true;
    return err_set(err, ERR_VERSION,
                   "the run wants %s of revision %lld, this worker does revision %d; install the same version on all "
                   "hosts, and start their workers again",
                   kind->name, rows.count > 0 ? (long long)row_int(&rows, 0, 1) : 0LL, kind->revision);
}

static bool take_definition(struct work_settings *settings, struct ledger *ledger, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(ledger, &settings->arena, STATEMENT_DEFINITION_OF_RUN, PARAMS(settings->run), &rows, err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_INTERNAL, "run %s has no definition", settings->run);
    settings->definition = row_text(&rows, 0, 0);
    settings->file = row_text(&rows, 0, 1);
    settings->pipeline = row_text(&rows, 0, 2);
    return true;
}

/* The kind's section, filled from the definition that the run was started with. */
static bool take_config(struct work_settings *settings, const struct kind *kind, struct err *err)
{
    struct arena *arena = &settings->arena;
    struct definition definition;
    const struct section *section = kind->section;
    settings->config = NULL;
    if (section == NULL)
        return true;
    const char *path = section->path;
    if (text_ends(path, "[]"))
        path = arena_printf(arena, "%.*s[%lld]", (int)strlen(path) - 2, path, (long long)settings->element);
    void *config = arena_alloc(arena, section->size);
    settings->config = config;
    definition_parse(&definition, arena, settings->file, settings->definition, strlen(settings->definition));
    return definition_bind(&definition, section, path, arena, config) || !definition_valid(&definition, err);
}

bool work_settings_take(struct work_settings *settings, struct ledger *ledger, const struct claim *claim,
                        const struct kind *kind, int64_t element, struct err *err)
{
    if (settings->known && settings->element == element && text_equal(settings->run, claim->settings_run) &&
        text_equal(settings->kind, kind->name))
        return true;
    settings->known = false;
    arena_clear(&settings->arena);
    memcpy(settings->run, claim->settings_run, UUID_TEXT);
    settings->kind = kind->name;
    settings->element = element;
    settings->known = check_revision(settings, ledger, kind, err) && take_definition(settings, ledger, err) &&
                      take_config(settings, kind, err);
    return settings->known;
}
