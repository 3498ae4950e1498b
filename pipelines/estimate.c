/*
 * estimate: what a run will do, take and cost. See budget.h.
 *
 * A kind of task has to be done again where its settings changed, where its input did, or where what comes before it
 * has to. Without earlier attempts the seconds are those of these programs on one core of a 2020s server, those of
 * training are reckoned from this machine's own speed, and p90 is twice p50: wide, but right in the order of magnitude;
 * after one run the ledger knows better.
 */
#include "lib/nn/speed.h"
#include "pipelines/budget.h"
#include "pipelines/sections.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

enum kind_size { PER_SHARD, PER_SOURCE, ONCE, PER_MODEL };

/* Kinds in the order of the data; each waits for all that stand before it. */
static const struct kind_figures {
    const char *kind;
    enum kind_size size;
    double seconds, seconds_per_mb; /* of one core, per task and per megabyte of the sources */
} figures[] = {
    {"ingest.scan", PER_SOURCE, 0.1, 0.005},   {"ingest.read", PER_SHARD, 0.05, 0.03},
    {"clean.shard", PER_SHARD, 0.05, 0.4},     {"clean.dedup", ONCE, 0.1, 0.01},
    {"tokenize.learn", ONCE, 1.0, 0.3},        {"tokenize.encode", PER_SHARD, 0.05, 0.3},
    {"train.fit", PER_MODEL, 2.0, 0.0},        {"evaluate.baseline", ONCE, 1.0, 0.5},
    {"evaluate.score", PER_MODEL, 3.0, 0.2},   {"evaluate.judge", PER_MODEL, 0.1, 0.0},
    {"registry.release", PER_MODEL, 0.1, 0.0},
};
enum { KINDS = sizeof figures / sizeof *figures };

/* Of the speed that products alone have on a core, what training comes to with all that is no product. By CPU seconds,
 * on Zen 4, models of 0.4 to 4 M parameters: 0.45 to 0.55 in bfloat16, 0.63 to 0.81 in float32. */
static const double TRAINING_SHARE = 0.5;
static const double SHARD_BYTES = 4e6; /* of text, where nothing says how many shards there are */

struct estimating {
    struct estimate *estimate;
    struct arena *arena;
    struct loaded *loaded;
    struct rows history;  /* kind, tasks, seconds p50 p90, amount p50 p90 */
    struct rows settings; /* kind, text */
    bool dirty;           /* what stands before the present kind is done again */
    bool all_shards;      /* and for every shard */
};

static int find_row(const struct rows *rows, const char *kind)
{
    for (int row = 0; row < rows->count; row++)
        if (strcmp(row_text(rows, row, 0), kind) == 0)
            return row;
    return -1;
}

static const struct kind *find_kind(const char *name)
{
    for (size_t i = 0; stages[i] != NULL; i++)
        for (const struct kind *kind = stages[i]->kinds; kind->name != NULL; kind++)
            if (strcmp(kind->name, name) == 0)
                return kind;
    return NULL;
}

/* As run_start() writes them; compare to see what changed. */
static const char *settings_text(struct estimating *estimating, const struct kind *kind)
{
    struct arena *arena = estimating->arena;
    const struct section *section = kind->section;
    bool list = section != NULL && text_ends(section->path, "[]");
    size_t count = list ? definition_count(&estimating->loaded->definition, section->path) : 1;
    struct buf out;
    buf_init(&out, arena);
    for (size_t i = 0; i < count; i++) {
        const char *settings = "{}", *place = section == NULL ? "" : section->path;
        if (list)
            place = arena_printf(arena, "%.*s[%zu]", (int)strlen(place) - 2, place, i);
        if (section != NULL) {
            void *config = arena_alloc(arena, section->size);
            if (definition_bind(&estimating->loaded->definition, section, place, arena, config))
                settings = option_canonical(section, arena, config);
        }
        buf_printf(&out, "%srevision %d %s %s", i > 0 ? "\n" : "", kind->revision,
                   kind->facts == NULL ? "" : kind->facts, settings);
    }
    return out.data;
}

static bool settings_changed(struct estimating *estimating, const char *name)
{
    const struct kind *kind = find_kind(name);
    int row = find_row(&estimating->settings, name);
    return kind == NULL || row < 0 ||
           strcmp(row_text(&estimating->settings, row, 1), settings_text(estimating, kind)) != 0;
}

/* In steps of a tenth, so that two plans of the same say the same. */
static double core_speed(const char *precision, double width)
{
    bool half = precision != NULL && strcmp(precision, "bfloat16") == 0;
    double measured = speed_of_core(half ? PRECISION_BFLOAT16 : PRECISION_FLOAT32, (size_t)width);
    return pow(1.1, round(log(measured) / log(1.1)));
}

/*
 * Seconds of one core, for each model: tokens (6 P + 6 L C W) / (share S).
 *
 * Training takes 6 operations per parameter and token, forward and backward (Kaplan et al. 2020, section 2.1), and
 * attention, causal, 6 C W per layer; P = 12 L W^2 + V W parameters, L layers, W width, C context, V vocabulary. S is
 * what this machine's products do in a second, measured now; where the workers are on other machines, it is theirs that
 * counts, and the first run will tell.
 */
static double training_seconds(struct estimating *estimating)
{
    double seconds = 0;
    struct arena *arena = estimating->arena;
    struct loaded *loaded = estimating->loaded;
    double vocabulary = load_number(loaded, arena, "tokenize.learn", "vocabulary");
    for (size_t i = 0; i < loaded->models; i++) {
        const char *model = arena_printf(arena, "train.models[%zu]", i);
        double layers = load_number(loaded, arena, model, "shape.layers");
        double width = load_number(loaded, arena, model, "shape.width");
        double context = load_number(loaded, arena, model, "shape.context");
        double tokens = load_number(loaded, arena, model, "tokens");
        if (tokens <= 0)
            tokens = load_number(loaded, arena, model, "steps") * load_number(loaded, arena, model, "batch");
        if (tokens <= 0) /* epochs */
            tokens = fmax(load_number(loaded, arena, model, "epochs"), 1) * estimating->estimate->bytes / 8;
        double parameters = 12 * layers * width * width + vocabulary * width;
        seconds += tokens * (6 * parameters + 6 * layers * context * width) /
                   (TRAINING_SHARE * core_speed(load_text(loaded, arena, model, "precision"), width));
    }
    return seconds;
}

static int64_t tasks_of(struct estimating *estimating, const struct kind_figures *figure)
{
    int row = find_row(&estimating->history, figure->kind);
    if (row >= 0 && row_int(&estimating->history, row, 1) > 0)
        return row_int(&estimating->history, row, 1);
    struct loaded *loaded = estimating->loaded;
    switch (figure->size) {
    case PER_SHARD:
        return (int64_t)ceil(estimating->estimate->bytes / SHARD_BYTES);
    case PER_SOURCE:
        return (int64_t)loaded->sources;
    case PER_MODEL:
        return (int64_t)loaded->models;
    case ONCE:
        break;
    }
    if (strcmp(figure->kind, "evaluate.baseline") == 0) {
        const struct texts *baselines = load_texts(loaded, estimating->arena, "evaluate", "baselines");
        return baselines != NULL ? (int64_t)baselines->count : 0;
    }
    return 1;
}

/* How many of the tasks of a kind have to be done. */
static int64_t fresh_of(struct estimating *estimating, const struct kind_figures *figure, int64_t tasks)
{
    if (figure->size == PER_SOURCE) /* always looks */
        return tasks;
    bool changed = settings_changed(estimating, figure->kind);
    if (figure->size != PER_SHARD) {
        estimating->dirty = estimating->dirty || changed;
        estimating->all_shards = estimating->all_shards || estimating->dirty; /* a new tokenizer encodes all anew */
        return estimating->dirty ? tasks : 0;
    }
    estimating->all_shards = estimating->all_shards || changed;
    int64_t files = estimating->estimate->files_changed;
    int64_t fresh = estimating->all_shards ? tasks : files < tasks ? files : tasks;
    estimating->dirty = estimating->dirty || fresh > 0;
    return fresh;
}

static void add_rough(struct estimating *estimating, const struct kind_figures *figure, struct stage_estimate *stage,
                      int64_t fresh, int64_t tasks)
{
    double share = tasks > 0 ? (double)fresh / (double)tasks : 0, cores = (double)sysconf(_SC_NPROCESSORS_ONLN);
    double cpu = share * estimating->estimate->bytes / 1e6 * figure->seconds_per_mb + (double)fresh * figure->seconds;
    if (strcmp(figure->kind, "train.fit") == 0 && fresh > 0)
        cpu += training_seconds(estimating);
    if (strcmp(figure->kind, "train.fit") == 0)
        cores = (cores + 1) / 2; /* small operators follow each other: half of what more cores could do is waited for */
    if (figure->size == ONCE && strcmp(figure->kind, "evaluate.baseline") != 0)
        cores = 1;
    double amount = cpu / 3600 * (double)estimating->loaded->site.prices.cpu_hour.micros / 1e6;
    stage->seconds_p50 += cpu / cores;
    stage->seconds_p90 += 2 * cpu / cores;
    stage->amount_p50 += amount;
    stage->amount_p90 += 2 * amount;
}

static void add_known(struct estimating *estimating, struct stage_estimate *stage, int row, int64_t fresh)
{
    const struct rows *history = &estimating->history;
    double n = (double)fresh, workers = (double)site_worker_count(&estimating->loaded->site, stage->stage);
    double rounds = ceil(n / workers);
    stage->seconds_p50 += rounds * row_real(history, row, 2);
    stage->seconds_p90 += rounds * row_real(history, row, 3);
    stage->amount_p50 += n * row_real(history, row, 4);
    stage->amount_p90 += n * row_real(history, row, 5);
}

static struct stage_estimate *stage_of(struct estimate *estimate, struct arena *arena, const char *kind)
{
    size_t len = strcspn(kind, ".");
    for (size_t i = 0; i < estimate->count; i++)
        if (strncmp(estimate->stages[i].stage, kind, len) == 0)
            return &estimate->stages[i];
    struct stage_estimate *stage = &estimate->stages[estimate->count++];
    stage->stage = arena_strndup(arena, kind, len);
    return stage;
}

static void add_kind(struct estimating *estimating, const struct kind_figures *figure)
{
    struct stage_estimate *stage = stage_of(estimating->estimate, estimating->arena, figure->kind);
    int64_t tasks = tasks_of(estimating, figure);
    bool changed = settings_changed(estimating, figure->kind);
    int64_t fresh = fresh_of(estimating, figure, tasks);
    int row = find_row(&estimating->history, figure->kind);
    bool training = strcmp(figure->kind, "train.fit") == 0; /* its time depends on its settings as no other's does */
    stage->fresh += fresh;
    stage->reused += tasks - fresh;
    if (row >= 0 && !(training && changed))
        add_known(estimating, stage, row, fresh);
    else
        add_rough(estimating, figure, stage, fresh, tasks);
}

static bool look_at_sources(struct estimating *estimating, struct ledger *ledger, struct err *err)
{
    struct arena *arena = estimating->arena;
    for (size_t i = 0; i < estimating->loaded->sources; i++) {
        struct source_files files;
        const char *place = arena_printf(arena, "ingest.sources[%zu]", i);
        const char *name = load_text(estimating->loaded, arena, place, "name");
        const struct texts *patterns = load_texts(estimating->loaded, arena, place, "files");
        const char *single = load_text(estimating->loaded, arena, place, "files");
        struct texts one = {&single, 1};
        if (name == NULL || (patterns == NULL && single == NULL))
            continue;
        if (!source_look(arena, ledger, name, patterns != NULL ? patterns : &one, &files, err))
            return false;
        estimating->estimate->files += files.files;
        estimating->estimate->files_changed += files.changed;
        estimating->estimate->bytes += files.bytes;
    }
    return true;
}

static void add_up(struct estimate *estimate)
{
    struct stage_estimate *total = &estimate->total;
    for (size_t i = 0; i < estimate->count; i++) {
        const struct stage_estimate *stage = &estimate->stages[i];
        total->fresh += stage->fresh;
        total->reused += stage->reused;
        total->seconds_p50 += stage->seconds_p50;
        total->seconds_p90 += stage->seconds_p90;
        total->amount_p50 += stage->amount_p50;
        total->amount_p90 += stage->amount_p90;
    }
    if (estimate->count > 0) { /* people think of the first stage in files */
        estimate->stages[0].files = true;
        estimate->stages[0].fresh = estimate->files_changed;
        estimate->stages[0].reused = estimate->files - estimate->files_changed;
    }
}

bool estimate_month(struct estimate *estimate, struct ledger *ledger, struct arena *arena, struct err *err)
{
    struct rows spent;
    if (!ledger_exec(ledger, arena, STATEMENT_BUDGET_SPENT, PARAMS(estimate->pipeline, estimate->currency), &spent,
                     err))
        return false;
    estimate->month_spent = row_real(&spent, 0, 0);
    estimate->month_reserved = row_real(&spent, 0, 1);
    return true;
}

static bool read_ledger(struct estimating *estimating, struct ledger *ledger, struct err *err)
{
    struct estimate *estimate = estimating->estimate;
    struct arena *arena = estimating->arena;
    if (!ledger_exec(ledger, arena, STATEMENT_ESTIMATE_KINDS, PARAMS(estimate->pipeline), &estimating->history, err) ||
        !ledger_exec(ledger, arena, STATEMENT_ESTIMATE_SETTINGS, PARAMS(estimate->pipeline), &estimating->settings,
                     err) ||
        !estimate_month(estimate, ledger, arena, err))
        return false;
    estimate->rough = estimating->history.count == 0;
    return true;
}

bool estimate_run(struct estimate *estimate, struct arena *arena, struct ledger *ledger, struct loaded *loaded,
                  struct err *err)
{
    struct estimating estimating = {.estimate = estimate, .arena = arena, .loaded = loaded};
    *estimate = (struct estimate){
        .made = true,
        .pipeline = loaded->pipeline.name,
        .currency = loaded->site.prices.cpu_hour.currency,
        .run_limit = (double)loaded->budget.run.micros / 1e6,
        .month_limit = (double)loaded->budget.month.micros / 1e6,
    };
    if (!read_ledger(&estimating, ledger, err) || !look_at_sources(&estimating, ledger, err))
        return false;
    for (size_t i = 0; i < KINDS; i++)
        add_kind(&estimating, &figures[i]);
    add_up(estimate);
    return true;
}
