/* facts: see facts.h. */
#include "pipelines/facts.h"

#include "pipelines/format.h"

#include <math.h>
#include <string.h>

struct reading {
    struct facts *facts;
    const struct summary *summary;
    struct err *err;
};

static bool ask(struct reading *reading, enum statement statement, const char *const *params, int count,
                struct rows *rows)
{
    return ledger_exec(reading->summary->ledger, reading->facts->arena, statement, params, count, rows, reading->err);
}

static double cost_of(const struct rows *costs, const char *kind)
{
    for (int row = 0; row < costs->count; row++)
        if (strcmp(row_text(costs, row, 0), kind) == 0)
            return row_real(costs, row, 1);
    return 0;
}

static void add_score(struct facts *facts, const struct rows *rows, int row, const struct rows *costs)
{
    struct score *score = &facts->scores[facts->score_count++];
    *score = (struct score){
        .subject = row_text(rows, row, 0),
        .baseline = strcmp(row_text(rows, row, 5), "evaluate.baseline") == 0,
        .value = row_real(rows, row, 2),
        .low = row_text(rows, row, 3) != NULL ? row_real(rows, row, 3) : NAN,
        .high = row_text(rows, row, 4) != NULL ? row_real(rows, row, 4) : NAN,
        .cost = row_real(rows, row, 6),
    };
    if (strcmp(score->subject, "production") == 0)
        facts->production_scored = true;
    else if (!score->baseline) {
        score->cost += cost_of(costs, "train.fit");
        facts->model = score;
    } else if (facts->best_baseline == NULL || score->value < facts->best_baseline->value) {
        facts->best_baseline = score;
    }
}

static bool read_scores(struct reading *reading)
{
    struct rows rows, costs;
    struct facts *facts = reading->facts;
    if (!ask(reading, STATEMENT_REPORT_SCORES, PARAMS(reading->summary->run), &rows) ||
        !ask(reading, STATEMENT_REPORT_COST_OF_KINDS, PARAMS(reading->summary->run), &costs))
        return false;
    facts->scores = ARENA_ARRAY(facts->arena, struct score, (size_t)rows.count);
    for (int row = 0; row < rows.count; row++)
        if (strcmp(row_text(&rows, row, 1), "bits_per_byte") == 0)
            add_score(facts, &rows, row, &costs);
    facts->order = (int)load_number(reading->summary->loaded, facts->arena, "evaluate", "ngram.order");
    return true;
}

static bool read_verdicts(struct reading *reading)
{
    struct facts *facts = reading->facts;
    struct buf refusal;
    if (!ask(reading, STATEMENT_REPORT_VERDICTS, PARAMS(reading->summary->run), &facts->verdicts))
        return false;
    buf_init(&refusal, facts->arena);
    for (int row = 0; row < facts->verdicts.count; row++) {
        if (row_bool(&facts->verdicts, row, 3))
            facts->gates_passed++;
        else
            buf_printf(&refusal, "%sgate \"%s\" refused the model: %.3f against %.3f", refusal.len > 0 ? "; " : "",
                       row_text(&facts->verdicts, row, 0), row_real(&facts->verdicts, row, 1),
                       row_real(&facts->verdicts, row, 2));
    }
    facts->refusal = refusal.len > 0 ? refusal.data : NULL;
    return true;
}

/* Changed gates do not judge a model anew; who changed them wants to know. */
static bool read_refused(struct reading *reading)
{
    struct rows rows;
    if (!ask(reading, STATEMENT_REPORT_REFUSED, PARAMS(reading->summary->run), &rows))
        return false;
    if (rows.count > 0)
        reading->facts->refused = arena_printf(
            reading->facts->arena,
            "the model is %s v%s, which was refused: %s; to release it: tidemill registry promote %s@%s --reason TEXT",
            row_text(&rows, 0, 0), row_text(&rows, 0, 1), row_text(&rows, 0, 2), row_text(&rows, 0, 0),
            row_text(&rows, 0, 1));
    return true;
}

static bool read_release(struct reading *reading)
{
    struct rows rows, present;
    struct facts *facts = reading->facts;
    struct loaded *loaded = reading->summary->loaded;
    facts->alias = load_text(loaded, facts->arena, "registry.release", "alias");
    if (facts->alias == NULL)
        facts->alias = "production";
    const char *model = load_text(loaded, facts->arena, "registry.release", "model");
    if (!ask(reading, STATEMENT_REPORT_RELEASE, PARAMS(reading->summary->run, facts->alias), &rows) ||
        !ask(reading, STATEMENT_REPORT_PRESENT, PARAMS(model != NULL ? model : "", facts->alias), &present))
        return false;
    if (present.count > 0) {
        facts->present_version = row_int(&present, 0, 0);
        facts->present_run = row_text(&present, 0, 1);
    }
    if (rows.count == 0)
        return read_refused(reading);
    facts->model_name = row_text(&rows, rows.count - 1, 0);
    facts->version = row_int(&rows, rows.count - 1, 1);
    facts->released = strcmp(row_text(&rows, rows.count - 1, 2), "released") == 0;
    facts->reason = row_text(&rows, rows.count - 1, 3);
    return true;
}

static bool read_loss(struct reading *reading)
{
    struct rows rows;
    struct facts *facts = reading->facts;
    const char *model = facts->model != NULL ? facts->model->subject : "";
    if (!ask(reading, STATEMENT_REPORT_SERIES, PARAMS(reading->summary->run, model, "loss"), &rows))
        return false;
    facts->loss = ARENA_ARRAY(facts->arena, double, (size_t)rows.count);
    facts->loss_count = (size_t)rows.count;
    for (int row = 0; row < rows.count; row++)
        facts->loss[row] = row_real(&rows, row, 0);
    return true;
}

static bool read_plan(struct reading *reading)
{
    struct rows rows;
    if (!ask(reading, STATEMENT_ESTIMATE_OF_RUN, PARAMS(reading->summary->run), &rows))
        return false;
    reading->facts->plan_p50 = row_real(&rows, 0, 2);
    reading->facts->plan_p90 = row_real(&rows, 0, 3);
    return true;
}

static void read_counts(struct facts *facts)
{
    const struct snapshot *snapshot = &facts->snapshot;
    facts->documents_in = snapshot_counter(snapshot, "clean.shard", "documents_in");
    facts->documents_kept = snapshot_counter(snapshot, "clean.shard", "documents_kept") -
                            snapshot_counter(snapshot, "clean.dedup", "dropped_duplicate");
    facts->tokens = snapshot_counter(snapshot, "tokenize.encode", "tokens");
    facts->vocabulary = snapshot_counter(snapshot, "tokenize.learn", "vocabulary");
}

/* The first of the continuations that says anything: a model may find a text at its end already. */
static const json_t *telling_sample(const json_t *score)
{
    size_t i;
    const json_t *sample, *samples = json_object_get(score, "samples");
    json_array_foreach(samples, i, sample) if (json_text_or(sample, "text", "")[0] != '\0') return sample;
    return json_array_get(samples, 0);
}

/* A continuation in the score of the candidate. What cannot be read is left out: it is an ornament. */
static bool read_sample(struct reading *reading)
{
    struct rows rows;
    struct facts *facts = reading->facts;
    struct err ignored;
    struct digest digest;
    struct map map;
    if (!ask(reading, STATEMENT_REPORT_OUTPUT, PARAMS(reading->summary->run, "evaluate.score", "score"), &rows))
        return false;
    for (int row = 0; row < rows.count && facts->sample == NULL; row++) {
        if (!digest_parse(row_text(&rows, row, 0), &digest) ||
            !store_map(reading->summary->store, facts->arena, &digest, &map, &ignored))
            continue;
        json_t *score = json_read(facts->arena, map.data, map.size, &ignored);
        const json_t *sample = telling_sample(score);
        if (sample == NULL || strcmp(json_text_or(score, "subject", ""), "production") == 0)
            continue;
        facts->sample_prompt = json_text_or(sample, "prompt", "");
        facts->sample = json_text_or(sample, "text", NULL);
    }
    return true;
}

bool facts_read(struct facts *facts, const struct summary *summary, struct err *err)
{
    struct reading reading = {facts, summary, err};
    *facts = (struct facts){.arena = summary->session->arena};
    if (!snapshot_read(&facts->snapshot, facts->arena, summary->ledger, summary->run, err))
        return false;
    read_counts(facts);
    return read_scores(&reading) && read_verdicts(&reading) && read_release(&reading) && read_loss(&reading) &&
           read_plan(&reading) && read_sample(&reading);
}

const char *one_line(struct arena *arena, const char *text, size_t columns)
{
    struct buf out;
    buf_init(&out, arena);
    for (; *text != '\0'; text++) {
        bool blank = (unsigned char)*text <= ' ' || *text == 0x7f;
        if (!blank)
            buf_char(&out, *text);
        else if (out.len > 0 && out.data[out.len - 1] != ' ')
            buf_char(&out, ' ');
    }
    if (format_width(out.data) <= columns)
        return out.data;
    return arena_printf(arena, "%s...", format_cut(arena, out.data, columns - 3));
}

static json_t *real_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *scores_json(const struct facts *facts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < facts->score_count; i++) {
        const struct score *score = &facts->scores[i];
        json_array_append_new(list, json_pack("{s:s, s:b, s:o, s:o, s:o, s:f}", "subject", score->subject, "baseline",
                                              score->baseline, "bits_per_byte", real_or_null(score->value), "low",
                                              real_or_null(score->low), "high", real_or_null(score->high), "cost",
                                              score->cost));
    }
    return list;
}

static json_t *gates_json(const struct facts *facts)
{
    json_t *list = json_array();
    for (int row = 0; row < facts->verdicts.count; row++)
        json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:b, s:s}", "gate", row_text(&facts->verdicts, row, 0),
                                              "left", real_or_null(row_real(&facts->verdicts, row, 1)), "right",
                                              real_or_null(row_real(&facts->verdicts, row, 2)), "passed",
                                              row_bool(&facts->verdicts, row, 3), "reason",
                                              row_text(&facts->verdicts, row, 4)));
    return list;
}

json_t *facts_json(const struct facts *facts)
{
    json_t *all = snapshot_json(&facts->snapshot), *loss = json_array();
    for (size_t i = 0; i < facts->loss_count; i++)
        json_array_append_new(loss, real_or_null(facts->loss[i]));
    json_object_set_new(all, "loss", loss);
    json_object_set_new(all, "scores", scores_json(facts));
    json_object_set_new(all, "gates", gates_json(facts));
    json_object_set_new(
        all, "documents",
        json_pack("{s:I, s:I}", "read", (json_int_t)facts->documents_in, "kept", (json_int_t)facts->documents_kept));
    json_object_set_new(all, "tokens", json_integer(facts->tokens));
    json_object_set_new(all, "plan", json_pack("{s:f, s:f}", "p50", facts->plan_p50, "p90", facts->plan_p90));
    if (facts->model_name != NULL)
        json_object_set_new(all, "release",
                            json_pack("{s:s, s:I, s:b, s:s, s:s?}", "model", facts->model_name, "version",
                                      (json_int_t)facts->version, "released", facts->released, "alias", facts->alias,
                                      "reason", facts->reason));
    if (facts->sample != NULL)
        json_object_set_new(all, "sample",
                            json_pack("{s:s, s:s}", "prompt", facts->sample_prompt, "text", facts->sample));
    return all;
}
