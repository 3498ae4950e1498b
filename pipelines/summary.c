/* summary: see summary.h. The facts are read once (facts.c), then told to people here, or as JSON. */
#include "pipelines/summary.h"

#include "pipelines/facts.h"
#include "pipelines/format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool run_outcome(const struct snapshot *snapshot, const char *refusal, struct err *err)
{
    struct arena *arena = snapshot->arena;
    const char *run = run_short(arena, snapshot->run);
    if (strcmp(snapshot->state, "done") == 0)
        return true;
    if (strcmp(snapshot->state, "refused") == 0)
        return err_set(err, ERR_GATE, "run %s of %s: %s", run, snapshot->pipeline,
                       refusal != NULL ? refusal : "a gate refused the model");
    if (strcmp(snapshot->state, "cancelled") == 0)
        return err_set(err, ERR_CANCELLED, "run %s of %s was stopped; what is done is reused by the next", run,
                       snapshot->pipeline);
    enum err_code code = ERR_INTERNAL;
    for (int i = 1; i < ERR_COUNT; i++)
        if (snapshot->error_code != NULL && strcmp(err_name((enum err_code)i), snapshot->error_code) == 0)
            code = (enum err_code)i;
    return err_set(err, code, "run %s of %s failed: %s", run, snapshot->pipeline,
                   snapshot->error != NULL ? snapshot->error : "no reason was recorded");
}

static const char *subject_name(const struct facts *facts, const char *subject)
{
    return strcmp(subject, "ngram") == 0 ? arena_printf(facts->arena, "%d-gram", facts->order) : subject;
}

static void print_scores(const struct facts *facts)
{
    const struct score *model = facts->model;
    if (model == NULL)
        return;
    printf("  bits per byte %.3f", model->value);
    if (isfinite(model->low) && isfinite(model->high))
        printf(" (95 %%: %.3f-%.3f)", model->low, model->high);
    for (size_t i = 0; i < facts->score_count; i++)
        if (&facts->scores[i] != model)
            printf("   %s %.3f", subject_name(facts, facts->scores[i].subject), facts->scores[i].value);
    printf("   gates %d/%d%s\n", facts->gates_passed, facts->verdicts.count,
           facts->production_scored ? "" : " (no production yet)");
}

static void print_gates(const struct facts *facts)
{
    for (int row = 0; row < facts->verdicts.count; row++)
        if (!row_bool(&facts->verdicts, row, 3))
            printf("  gate refused: %s   %s\n", row_text(&facts->verdicts, row, 0), row_text(&facts->verdicts, row, 4));
}

static void print_data(const struct facts *facts)
{
    struct arena *arena = facts->arena;
    if (facts->documents_in > 0) {
        const char *dropped = snapshot_dropped(&facts->snapshot, 6);
        printf("  documents     %s read, %s kept (%s)%s%s\n", format_count(arena, facts->documents_in),
               format_count(arena, facts->documents_kept),
               format_share(arena, (double)facts->documents_kept / (double)facts->documents_in),
               *dropped != '\0' ? "; dropped: " : "", dropped);
    }
    if (facts->tokens > 0)
        printf("  tokens        %s of a vocabulary of %s\n", format_short(arena, (double)facts->tokens),
               format_count(arena, facts->vocabulary));
}

static void print_money(const struct facts *facts)
{
    struct arena *arena = facts->arena;
    const struct snapshot *snapshot = &facts->snapshot;
    const char *loss = format_sparkline(arena, facts->loss, facts->loss_count, 20);
    if (facts->loss_count > 0)
        printf("  loss          %s  %.2f -> %.2f   ", loss, facts->loss[0], facts->loss[facts->loss_count - 1]);
    else
        printf("  ");
    printf("cost %s", format_money(arena, snapshot->cost, snapshot->currency));
    if (facts->plan_p90 > 0)
        printf(" (plan said %s-%s)", format_amount(arena, facts->plan_p50), format_amount(arena, facts->plan_p90));
    printf("   %s\n", format_seconds(arena, snapshot->seconds));
}

/* Which is better, and which is better value: said plainly. */
static void print_note(const struct facts *facts)
{
    const struct score *model = facts->model, *best = facts->best_baseline;
    struct arena *arena = facts->arena;
    if (model == NULL || best == NULL)
        return;
    const char *name = subject_name(facts, best->subject);
    double ratio = best->cost > 0 ? model->cost / best->cost : 0;
    const char *times = ratio >= 2  ? arena_printf(arena, "at 1/%.0f of the cost", ratio)
                        : ratio > 0 ? arena_printf(arena, "at %.1f times the cost", 1 / ratio)
                                    : "at a cost too small to measure";
    const char *tokens = format_short(arena, (double)facts->tokens);
    if (best->value <= model->value)
        printf("  note          the %s reaches %.3f %s; on %s tokens it is better and the better buy\n", name,
               best->value, times, tokens);
    else
        printf(
            "  note          the model is better than the %s (%.3f), which comes %s: %s per bit gained\n", name,
            best->value, times,
            format_money(arena, (model->cost - best->cost) / (best->value - model->value), facts->snapshot.currency));
}

static void print_sample(const struct facts *facts)
{
    if (facts->sample == NULL)
        return;
    printf("  sample        \"%s\" -> \"%s\"\n", one_line(facts->arena, facts->sample_prompt, 60),
           one_line(facts->arena, facts->sample, 160));
}

static void print_try(const struct facts *facts)
{
    const char *at = facts->released ? facts->alias : arena_printf(facts->arena, "%lld", (long long)facts->version);
    if (facts->model_name == NULL)
        return;
    printf("  try:  tidemill registry lineage %s@%s\n        tidemill registry report %s@%s\n"
           "        tidemill psql -c 'select * from report.run_compare'\n",
           facts->model_name, at, facts->model_name, at);
}

static void print_head(const struct facts *facts)
{
    const char *reason = facts->reason != NULL ? facts->reason : "";
    if (facts->model_name == NULL)
        return;
    if (facts->released)
        printf("released %s v%lld as %s\n", facts->model_name, (long long)facts->version, facts->alias);
    else
        printf("refused %s v%lld%s%s\n", facts->model_name, (long long)facts->version, *reason != '\0' ? ": " : "",
               reason);
}

/* A night with nothing new is one line, unless what is not new was refused. */
static void print_nothing_new(const struct facts *facts)
{
    struct arena *arena = facts->arena;
    const struct snapshot *snapshot = &facts->snapshot;
    printf("nothing new");
    if (facts->present_run != NULL)
        printf(" since run %s; %s stays v%lld", run_short(arena, facts->present_run), facts->alias,
               (long long)facts->present_version);
    printf(". %s, %s\n", format_money(arena, snapshot->cost, snapshot->currency),
           format_seconds(arena, snapshot->seconds));
    if (facts->refused != NULL)
        printf("  %s\n", facts->refused);
}

static void print_people(const struct facts *facts)
{
    if (strcmp(facts->snapshot.state, "done") == 0 && facts->model_name == NULL) {
        print_nothing_new(facts);
        return;
    }
    if (facts->model_name == NULL)
        return; /* failed or stopped before there was a model; the error says why */
    print_head(facts);
    print_scores(facts);
    print_gates(facts);
    print_data(facts);
    print_money(facts);
    print_note(facts);
    print_sample(facts);
    print_try(facts);
}

bool summary_print(struct summary *summary, struct err *err)
{
    struct facts facts;
    const struct arguments *arguments = &summary->session->arguments;
    if (!facts_read(&facts, summary, err))
        return false;
    if (arguments->json)
        puts(json_canonical(facts.arena, facts_json(&facts)));
    else if (!arguments->quiet)
        print_people(&facts);
    fflush(stdout);
    summary->told = true;
    return run_outcome(&facts.snapshot, facts.refusal, err);
}
