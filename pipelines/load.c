/* load: see load.h. Nothing is started and nothing is written here. */
#include "pipelines/load.h"

#include "pipelines/sections.h"

#include <string.h>

/* Bind a section at every place that its path stands for: "train.models[]" at train.models[0], [1], ... */
static void bind_everywhere(struct loaded *loaded, struct arena *arena, const struct section *section, const char *path)
{
    const char *brackets = strstr(path, "[]");
    if (brackets == NULL) {
        void *config = arena_alloc(arena, section->size);
        bool ok = definition_bind(&loaded->definition, section, path, arena, config);
        (void)ok; /* the definition keeps the errors */
        return;
    }
    const char *list = arena_strndup(arena, path, (size_t)(brackets - path));
    size_t count = definition_count(&loaded->definition, list);
    for (size_t i = 0; i < count; i++)
        bind_everywhere(loaded, arena, section, arena_printf(arena, "%s[%zu]%s", list, i, brackets + 2));
}

static void bind_stages(struct loaded *loaded, struct arena *arena)
{
    for (size_t i = 0; stages[i] != NULL; i++)
        for (size_t j = 0; stages[i]->sections[j] != NULL; j++)
            bind_everywhere(loaded, arena, stages[i]->sections[j], stages[i]->sections[j]->path);
}

static void bind_general(struct loaded *loaded, struct arena *arena)
{
    struct definition *definition = &loaded->definition;
    bool ok = definition_bind(definition, &pipeline_section, "", arena, &loaded->pipeline);
    ok = definition_bind(definition, &schedule_section, "schedule", arena, &loaded->schedule) && ok;
    ok = definition_bind(definition, &budget_section, "budget", arena, &loaded->budget) && ok;
    (void)ok; /* the definition keeps the errors */
}

/* How many elements a list has; none is an error, and so are two of one name. */
static size_t check_names(struct loaded *loaded, struct arena *arena, const char *list, const char *what)
{
    struct definition *definition = &loaded->definition;
    size_t count = definition_count(definition, list);
    const struct node *node = definition_find(definition, list);
    if (node == NULL || node->kind == NODE_NULL || (node->kind == NODE_LIST && count == 0)) {
        definition_error(definition, node, list, "at least one %s must be given", what);
    }
    for (size_t i = 0; i < count; i++) {
        const char *path = arena_printf(arena, "%s[%zu].name", list, i);
        const struct node *name = definition_find(definition, path);
        for (size_t j = 0; j < i && name != NULL && name->kind == NODE_TEXT; j++) {
            const struct node *other = definition_find(definition, arena_printf(arena, "%s[%zu].name", list, j));
            if (other != NULL && other->kind == NODE_TEXT && strcmp(name->text, other->text) == 0)
                definition_error(definition, name, path, "\"%s\" is also the name in line %d; names are unique",
                                 name->text, other->line);
        }
    }
    return count;
}

/* A released model has to be one that is trained. */
static void check_release(struct loaded *loaded, struct arena *arena)
{
    struct definition *definition = &loaded->definition;
    const struct node *model = definition_find(definition, "registry.release.model");
    const char *names[64];
    size_t count = 0;
    if (model == NULL || model->kind != NODE_TEXT)
        return;
    for (size_t i = 0; i < loaded->models && count < 64; i++) {
        const struct node *name = definition_find(definition, arena_printf(arena, "train.models[%zu].name", i));
        if (name == NULL || name->kind != NODE_TEXT)
            continue;
        if (strcmp(name->text, model->text) == 0)
            return;
        names[count++] = name->text;
    }
    const char *near = text_suggest(model->text, names, count);
    definition_error(definition, model, "registry.release.model", "no model of train.models has the name \"%s\"%s%s%s",
                     model->text, near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
                     near != NULL ? "\"?" : "");
}

static void check_currency(struct loaded *loaded, const char *path, const struct money *limit)
{
    const char *priced = loaded->site.prices.cpu_hour.currency;
    const struct node *node = definition_find(&loaded->definition, path);
    bool given = node != NULL && (limit->micros != 0 || *limit->currency != '\0');
    if (given && strcmp(limit->currency, priced) != 0)
        definition_error(&loaded->definition, node, path, "the prices are in %s; give the limit in %s too", priced,
                         priced);
}

/* The section of a path, where it is one that can be looked up. */
static const char *reference_of(struct arena *arena, const char *path)
{
    const char *head = arena_strndup(arena, path, strcspn(path, ".["));
    const struct section *const *sections = sections_all(arena);
    size_t len = strlen(head);
    for (size_t i = 0; sections[i] != NULL && len > 0; i++)
        if (strncmp(sections[i]->path, head, len) == 0 && strchr(".[", sections[i]->path[len]) != NULL)
            return head;
    return option_find(&pipeline_section, head) != NULL ? "pipeline" : "";
}

static const char *count_errors(struct loaded *loaded, struct arena *arena)
{
    struct buf out;
    size_t count = loaded->definition.error_count;
    buf_init(&out, arena);
    definition_report(&loaded->definition, &out);
    loaded->reference = reference_of(arena, loaded->definition.errors[0].path);
    buf_printf(&out, "%zu error%s; nothing was started. Reference: tidemill help%s%s", count, count == 1 ? "" : "s",
               *loaded->reference != '\0' ? " " : "", loaded->reference);
    return out.data;
}

bool load_definition(struct loaded *loaded, struct arena *arena, const char *path, const char *folder,
                     const char *state, const char **report, struct err *err)
{
    *report = NULL;
    *loaded = (struct loaded){.reference = ""};
    if (!definition_read_copy(&loaded->definition, arena, path, folder, err))
        return false;
    if (loaded->definition.root != NULL) {
        definition_check_keys(&loaded->definition, sections_all(arena));
        bind_general(loaded, arena);
        if (!site_of_definition(&loaded->definition, arena, state, &loaded->site, err))
            return false;
        bind_stages(loaded, arena);
        loaded->sources = check_names(loaded, arena, "ingest.sources", "source");
        loaded->models = check_names(loaded, arena, "train.models", "model");
        check_release(loaded, arena);
        check_currency(loaded, "budget.run", &loaded->budget.run);
        check_currency(loaded, "budget.month", &loaded->budget.month);
    }
    if (loaded->definition.error_count == 0)
        return true;
    *report = count_errors(loaded, arena);
    return err_set(err, ERR_DEFINITION, "%s", *report);
}
