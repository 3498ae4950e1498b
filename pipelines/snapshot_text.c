/* snapshot_text: the lines in which a snapshot is told to people. See snapshot.h. */
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "pipelines/format.h"
#include "pipelines/snapshot.h"

#include <math.h>
#include <string.h>

const char *run_short(struct arena *arena, const char *run)
{
    return arena_strndup(arena, run, 13); /* a UUIDv7 begins with the time in milliseconds: 12 digits and a dash */
}

const char *slot_text(struct arena *arena, int64_t slot_us)
{
    char text[CLOCK_TEXT];
    clock_format(slot_us, text);
    return arena_strdup(arena, text);
}

const char *snapshot_title(const struct snapshot *snapshot)
{
    struct arena *arena = snapshot->arena;
    const char *slot = slot_text(arena, snapshot->slot_us);
    bool moment =
        snapshot->slot_us % 60000000 != 0; /* a run without schedule; its time says nothing that the id does not */
    return arena_printf(arena, "run %s  %s  slot %.*s", run_short(arena, snapshot->run), snapshot->pipeline,
                        moment ? 19 : 16, slot);
}

const char *snapshot_dropped(const struct snapshot *snapshot, size_t most)
{
    static const char prefix[] = "dropped_";
    struct buf out;
    size_t count = 0;
    int64_t rest = 0;
    buf_init(&out, snapshot->arena);
    for (int row = 0; row < snapshot->counters.count; row++) { /* the rows come largest first within a kind */
        const char *name = row_text(&snapshot->counters, row, 1);
        int64_t value = row_int(&snapshot->counters, row, 2);
        if (!text_starts(row_text(&snapshot->counters, row, 0), "clean.") || !text_starts(name, prefix) || value == 0)
            continue;
        if (count++ < most)
            buf_printf(&out, "%s%s %s", out.len > 0 ? ", " : "", name + strlen(prefix),
                       format_count(snapshot->arena, value));
        else
            rest += value;
    }
    if (rest > 0)
        buf_printf(&out, ", other %s", format_count(snapshot->arena, rest));
    return out.data;
}

static const char *clean_line(const struct snapshot *snapshot)
{
    struct arena *arena = snapshot->arena;
    int64_t in = snapshot_counter(snapshot, "clean.shard", "documents_in");
    int64_t kept = snapshot_counter(snapshot, "clean.shard", "documents_kept") -
                   snapshot_counter(snapshot, "clean.dedup", "dropped_duplicate");
    if (in == 0)
        return "";
    return arena_printf(arena, "%s docs   kept %s (%s)   %s", format_count(arena, in), format_count(arena, kept),
                        format_share(arena, (double)kept / (double)in), snapshot_dropped(snapshot, 4));
}

static void add_count(struct buf *out, int64_t count, const char *what)
{
    if (count > 0)
        buf_printf(out, "%s%s %s", out->len > 0 ? ", " : "", format_count(out->arena, count), what);
}

static const char *ingest_line(const struct snapshot *snapshot)
{
    struct arena *arena = snapshot->arena;
    struct buf out;
    int64_t files = snapshot_counter(snapshot, "ingest.scan", "items");
    int64_t unchanged = snapshot_counter(snapshot, "ingest.scan", "items_unchanged");
    int64_t unopened = snapshot_counter(snapshot, "ingest.scan", "items_failed");
    if (files == 0)
        return "";
    buf_init(&out, arena);
    add_count(&out, files - unchanged - unopened, "read");
    add_count(&out, unchanged, "unchanged");
    add_count(&out, unopened + snapshot_counter(snapshot, "ingest.read", "items_failed"), "unreadable");
    return arena_printf(arena, "%s files   %s   %s", format_count(arena, files),
                        format_bytes(arena, (double)snapshot_counter(snapshot, "ingest.scan", "bytes_listed")),
                        out.data);
}

/* What is told of a stage by one counter. */
static const char *counter_line(const struct snapshot *snapshot, const char *kind, const char *counter,
                                const char *what)
{
    int64_t count = snapshot_counter(snapshot, kind, counter);
    if (count == 0)
        return "";
    return arena_printf(snapshot->arena, "%s %s", format_short(snapshot->arena, (double)count), what);
}

static const char *tokenize_line(const struct snapshot *snapshot)
{
    struct arena *arena = snapshot->arena;
    int64_t learned = snapshot_counter(snapshot, "tokenize.learn", "vocabulary");
    int64_t tokens = snapshot_counter(snapshot, "tokenize.encode", "tokens");
    if (tokens == 0)
        return learned == 0 ? "" : arena_printf(arena, "%s tokens learned", format_count(arena, learned));
    const char *encoded = arena_printf(arena, "%s tokens encoded", format_short(arena, (double)tokens));
    return learned == 0 ? encoded : arena_printf(arena, "%s tokens learned, %s", format_count(arena, learned), encoded);
}

/* Tasks, where there is nothing better to tell, and what went wrong on the way. */
static const char *task_counts(const struct snapshot *snapshot, const struct stage_state *stage, bool alone)
{
    struct buf out;
    buf_init(&out, snapshot->arena);
    if (alone || !stage->complete)
        buf_printf(&out, "%lld/%lld tasks", (long long)stage->done, (long long)stage->expected);
    if (alone && stage->reused > 0)
        buf_printf(&out, "%s%lld reused", out.len > 0 ? ", " : "", (long long)stage->reused);
    if (stage->retried > 0)
        buf_printf(&out, "%s%lld tried again", out.len > 0 ? ", " : "", (long long)stage->retried);
    return out.data;
}

const char *snapshot_stage(const struct snapshot *snapshot, const struct stage_state *stage)
{
    struct arena *arena = snapshot->arena;
    const char *line = "";
    if (stage->expected == 0)
        return "";
    if (strcmp(stage->stage, "ingest") == 0)
        line = ingest_line(snapshot);
    else if (strcmp(stage->stage, "clean") == 0)
        line = clean_line(snapshot);
    else if (strcmp(stage->stage, "tokenize") == 0)
        line = tokenize_line(snapshot);
    else if (strcmp(stage->stage, "train") == 0)
        line = counter_line(snapshot, "train.fit", "tokens_trained", "tokens trained on");
    else if (strcmp(stage->stage, "evaluate") == 0)
        line = counter_line(snapshot, "evaluate.score", "tokens", "held-out tokens scored");
    const char *tasks = task_counts(snapshot, stage, *line == '\0');
    const char *gap = *line != '\0' && *tasks != '\0' ? "   " : "";
    const char *time = "";
    if (stage->reused == stage->done && stage->complete)
        time = "   all reused";
    else if (stage->seconds > 0)
        time = arena_printf(arena, "   %s", format_seconds(arena, stage->seconds));
    return arena_printf(arena, "%s%s%s%s", line, gap, tasks, time);
}

const char *snapshot_task(const struct snapshot *snapshot, const struct running_task *task, size_t bar)
{
    struct arena *arena = snapshot->arena;
    struct buf out;
    double share = task->total > 0 ? task->done / task->total : 0;
    buf_init(&out, arena);
    buf_text(&out, *task->name != '\0' ? task->name : task->kind);
    if (bar > 0 && task->total > 0)
        buf_printf(&out, "  %s  %.0f %%", format_bar(arena, share, bar), floor(share * 100));
    if (task->unit != NULL && task->total > 0)
        buf_printf(&out, "  %s %s/%s", task->unit, format_count(arena, (int64_t)task->done),
                   format_count(arena, (int64_t)task->total));
    else if (task->unit != NULL)
        buf_printf(&out, "  %s %s", format_count(arena, (int64_t)task->done), task->unit);
    if (task->note != NULL && *task->note != '\0')
        buf_printf(&out, "  %s", task->note);
    if (task->attempt > 1)
        buf_printf(&out, "  attempt %lld", (long long)task->attempt);
    return out.data;
}
