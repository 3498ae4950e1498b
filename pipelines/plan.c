/* plan: what a run would do and reuse, about how long and at what cost; before it is started. */
#include "lib/base/clock.h"
#include "lib/base/json.h"
#include "pipelines/budget.h"
#include "pipelines/command.h"
#include "pipelines/format.h"
#include "pipelines/services.h"

#include <stdio.h>
#include <string.h>

static const char *duration(struct arena *arena, double seconds)
{
    char text[CLOCK_TEXT];
    clock_format_duration(seconds, text);
    return arena_strdup(arena, text);
}

static void print_line(struct arena *arena, const struct stage_estimate *stage, const char *currency)
{
    const char *fresh = format_count(arena, stage->fresh), *reused = format_count(arena, stage->reused);
    if (stage->files)
        fresh = arena_printf(arena, "%s files", fresh);
    if (stage->stage == NULL)
        fresh = reused = "";
    printf("%-10s %-12s %-10s %8s / %-8s %9s / %s %s\n", stage->stage != NULL ? stage->stage : "total", fresh, reused,
           duration(arena, stage->seconds_p50), duration(arena, stage->seconds_p90),
           format_amount(arena, stage->amount_p50), format_amount(arena, stage->amount_p90), currency);
}

static void print_people(struct arena *arena, const struct estimate *estimate)
{
    printf("%-10s %-12s %-10s %19s %23s\n", "stage", "new", "reused", "time p50/p90", "money p50/p90");
    for (size_t i = 0; i < estimate->count; i++)
        print_line(arena, &estimate->stages[i], estimate->currency);
    print_line(arena, &estimate->total, estimate->currency);
    const char *budget = budget_text(arena, estimate);
    if (*budget != '\0')
        printf("%s\n", budget);
    if (estimate->rough)
        puts("No run of this pipeline is in the ledger yet: these are rough figures.");
}

static json_t *stage_json(const struct stage_estimate *stage)
{
    return json_pack("{s:s, s:s, s:I, s:I, s:f, s:f, s:f, s:f}", "stage", stage->stage != NULL ? stage->stage : "total",
                     "unit", stage->files ? "files" : "tasks", "new", (json_int_t)stage->fresh, "reused",
                     (json_int_t)stage->reused, "seconds_p50", stage->seconds_p50, "seconds_p90", stage->seconds_p90,
                     "amount_p50", stage->amount_p50, "amount_p90", stage->amount_p90);
}

static void print_json(struct arena *arena, const struct estimate *estimate)
{
    struct err ignored;
    json_t *list = json_array();
    for (size_t i = 0; i < estimate->count; i++)
        json_array_append_new(list, stage_json(&estimate->stages[i]));
    json_t *all = json_keep(arena, json_pack("{s:s, s:o, s:o, s:s, s:b, s:b, s:f, s:f, s:f, s:f}", "pipeline",
                                             estimate->pipeline, "stages", list, "total", stage_json(&estimate->total),
                                             "currency", estimate->currency, "rough", estimate->rough, "fits",
                                             budget_allows(estimate, &ignored), "run_limit", estimate->run_limit,
                                             "month_limit", estimate->month_limit, "month_spent", estimate->month_spent,
                                             "month_reserved", estimate->month_reserved));
    puts(json_canonical(arena, all));
}

bool plan_command(struct session *session, struct err *err)
{
    struct loaded loaded;
    struct services services;
    struct estimate estimate;
    const char *report;
    const struct arguments *arguments = &session->arguments;
    if (!load_definition(&loaded, session->arena, arguments->operands[0], NULL, arguments->state, &report, err)) {
        if (report != NULL) {
            fprintf(stderr, "%s\n", report);
            *err->text = '\0'; /* all has been said */
        }
        return false;
    }
    if (!services_start_ledger(&services, session->arena, &loaded.site, err) ||
        !estimate_run(&estimate, session->arena, services.ledger, &loaded, err))
        return false;
    if (arguments->json)
        print_json(session->arena, &estimate);
    else
        print_people(session->arena, &estimate);
    fflush(stdout);
    return budget_allows(&estimate, err);
}
