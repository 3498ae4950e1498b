/* sections: see sections.h. A new stage is added here and nowhere else in the runner. */
#include "pipelines/sections.h"

#include "lib/flow/pipeline.h"
#include "lib/flow/schedule.h"
#include "lib/flow/site.h"

#include <string.h>

extern const struct stage_info ingest_info, clean_info, tokenize_info, train_info, evaluate_info, registry_info;

const struct stage_info *const stages[] = {&ingest_info,   &clean_info, &tokenize_info, &train_info, &evaluate_info,
                                           &registry_info, NULL};

static const struct section *const general[] = {&pipeline_section, &schedule_section, &budget_section, &site_section};

const struct stage_info *stage_find(const char *name)
{
    for (size_t i = 0; stages[i] != NULL; i++)
        if (strcmp(stages[i]->name, name) == 0)
            return stages[i];
    return NULL;
}

const struct section *const *sections_all(struct arena *arena)
{
    const struct section **all = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < sizeof general / sizeof *general; i++) {
        ARENA_PUSH(arena, all, count, capacity);
        all[count++] = general[i];
    }
    for (size_t i = 0; stages[i] != NULL; i++)
        for (size_t j = 0; stages[i]->sections[j] != NULL; j++) {
            ARENA_PUSH(arena, all, count, capacity);
            all[count++] = stages[i]->sections[j];
        }
    ARENA_PUSH(arena, all, count, capacity);
    all[count] = NULL;
    return all;
}
