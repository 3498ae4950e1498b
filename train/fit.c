/*
 * fit: the task train.fit: opens tokenizer and token shards, trains, tells how it goes, keeps checkpoints, leaves
 * weights and config. What is left depends on settings and inputs only: an attempt that was cut off is taken up where
 * its last checkpoint stands, and ends with the same bytes.
 */
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/text/tokenizer.h"
#include "train/checkpoint.h"

#include <math.h>
#include <string.h>

#define SAFETENSORS "application/vnd.safetensors"
#define JSON        "application/json"

/* What the worker wants to hear, by the clock: never part of the result. */
struct watch {
    struct trainer *trainer;
    struct task *task;
    int64_t checkpoint_ns; /* when the last one was kept */
    int64_t checkpoint_step;
    int64_t report_ns;
    int64_t report_step;
    double tokens_per_second;
    double loss; /* of the last report; 0: none yet */
    bool away;   /* the ledger, when it was last told something */
};

static bool open_tokenizer(struct task *task, struct tokenizer **tokenizer, struct err *err)
{
    const struct task_input *input = task_input(task, "tokenizer", 0);
    struct map map;
    if (input == NULL)
        return err_set(err, ERR_INTERNAL, "train.fit: no input tokenizer");
    if (!store_map(task->store, task->arena, &input->digest, &map, err))
        return false;
    *tokenizer = tokenizer_load(task->arena, map.data, map.size, err);
    return *tokenizer != NULL;
}

static struct shape shape_of(const struct train *c, const struct tokenizer *tokenizer)
{
    return (struct shape){.layers = (size_t)c->shape.layers,
                          .heads = (size_t)c->shape.heads,
                          .width = (size_t)c->shape.width,
                          .inner = (size_t)(c->shape.inner > 0 ? c->shape.inner : 4 * c->shape.width),
                          .context = (size_t)c->shape.context,
                          .vocabulary = (size_t)tokenizer_vocabulary(tokenizer),
                          .epsilon = 1e-5};
}

static struct trainer *open_trainer(struct task *task, const struct train *config, const struct tokenizer *tokenizer,
                                    struct err *err)
{
    struct shape shape = shape_of(config, tokenizer);
    struct corpus training, validation;
    int64_t vocabulary = tokenizer_vocabulary(tokenizer);
    if (!shape_check(&shape, err) || !corpus_open(&training, task, "train_bin", "train_idx", vocabulary, err) ||
        !corpus_open(&validation, task, "validation_bin", "validation_idx", vocabulary, err))
        return NULL;
    return trainer_new(task->arena, config, &shape, task->pool, &training, &validation, err);
}

/* Takes up an earlier attempt where it left a checkpoint that can be read; else training starts anew. */
static void resume(struct trainer *t, const struct task *task)
{
    struct err err = {0};
    if (task->checkpoint_step <= 0)
        return;
    if (checkpoint_read(t, task->store, &task->checkpoint, &err)) {
        log_line(LOG_INFO, "%s: going on after step %lld", t->config->name, (long long)t->state.step);
        return;
    }
    log_line(LOG_WARN, "%s: training starts anew: %s", t->config->name, err.text);
    trainer_reset(t);
}

/* While the ledger is away the work goes on, as long as the lease does: what was to be told waits in the task. */
static bool told(struct watch *watch, bool good, struct err *err)
{
    bool away = !good && err->code == ERR_SERVICE;
    if (away && !watch->away)
        log_line(LOG_WARN, "%s: training goes on without the ledger: %s", watch->trainer->config->name, err->text);
    watch->away = away;
    return good || away;
}

/* Sends the metrics left so far; without a host they stay in the task. */
static bool send_metrics(struct task *task, struct err *err)
{
    if (task->host == NULL || task->host->metrics == NULL || task->metric_count == 0)
        return true;
    if (!task->host->metrics(task->host->context, task->metrics, task->metric_count, err))
        return false;
    task->metric_count = 0;
    return true;
}

static bool report(struct trainer *t, struct task *task, struct watch *watch, struct err *err)
{
    struct trainer_state *s = &t->state;
    double seconds = clock_seconds_since(watch->report_ns);
    if (s->step == watch->report_step || (s->step % t->config->report_every != 0 && !trainer_done(t)))
        return true;
    watch->tokens_per_second = (double)((s->step - watch->report_step) * t->config->batch) / fmax(seconds, 1e-9);
    watch->report_ns = clock_mono_ns();
    watch->report_step = s->step;
    if (s->sum_steps > 0) {
        watch->loss = s->sum_loss / (double)s->sum_steps;
        task_metric(task, "loss", s->step, watch->loss);
    }
    task_metric(task, "learning_rate", s->step, t->rate);
    task_metric(task, "gradient_norm", s->step, t->norm);
    task_metric(task, "tokens_per_second", s->step, watch->tokens_per_second);
    s->sum_loss = 0;
    s->sum_steps = 0;
    return told(watch, send_metrics(task, err), err);
}

static bool validate(struct trainer *t, struct task *task, struct watch *watch, struct err *err)
{
    if (!trainer_validate(t, err))
        return false;
    task_metric(task, "validation_loss", t->state.step, t->state.validation_loss);
    return told(watch, send_metrics(task, err), err);
}

/* The metrics go before it: whoever goes on from a checkpoint does not make those again. */
static bool keep_checkpoint(const struct trainer *t, struct task *task, struct watch *watch, struct err *err)
{
    struct digest digest;
    int64_t bytes;
    if (task->host == NULL || task->host->checkpoint == NULL)
        return true;
    if (!send_metrics(task, err) || !checkpoint_write(t, task->store, &digest, &bytes, err) ||
        !task->host->checkpoint(task->host->context, t->state.step, &digest, bytes, err))
        return false;
    watch->checkpoint_step = t->state.step;
    return true;
}

static bool keep_checkpoint_in_time(const struct trainer *t, struct task *task, struct watch *watch, struct err *err)
{
    if (trainer_done(t) || clock_seconds_since(watch->checkpoint_ns) * 1000 < (double)t->config->checkpoint_every_ms)
        return true;
    bool good = keep_checkpoint(t, task, watch, err);
    watch->checkpoint_ns = clock_mono_ns(); /* where it could not be kept, too: it is not made anew at every step */
    return told(watch, good, err);
}

static bool show(void *context, struct err *err)
{
    char note[64];
    const struct watch *watch = context;
    const struct trainer_state *s = &watch->trainer->state;
    snprintf(note, sizeof note, "loss %.3f  %.1f k tok/s", watch->loss > 0 ? watch->loss : s->mean_loss,
             watch->tokens_per_second / 1000);
    return task_progress(watch->task, (double)s->step, (double)watch->trainer->steps, "step",
                         s->mean_loss > 0 ? note : NULL, err);
}

/* The worker was told to end, or the run has ended: the steps since the last checkpoint are paid for, so they are kept.
 * Whoever cannot wait kills us, and the checkpoint before stands. */
static void leave_off(const struct trainer *t, struct task *task, struct watch *watch, const struct err *why)
{
    struct err err;
    bool ours = why->code == ERR_SERVICE || why->code == ERR_CANCELLED;
    if (!ours || t->state.step == watch->checkpoint_step)
        return;
    if (keep_checkpoint(t, task, watch, &err))
        log_line(LOG_INFO, "%s: left off after step %lld", t->config->name, (long long)t->state.step);
    else
        log_line(LOG_WARN, "%s: what was done since the last checkpoint is lost: %s", t->config->name, err.text);
}

static bool train(struct trainer *t, struct task *task, struct err *err)
{
    struct watch *watch = ARENA_NEW(task->arena, struct watch);
    *watch = (struct watch){.trainer = t, .task = task, .checkpoint_ns = clock_mono_ns(), .report_ns = clock_mono_ns()};
    watch->report_step = watch->checkpoint_step = t->state.step;
    t->go_on = show;
    t->context = watch;
    while (!trainer_done(t)) {
        bool good = t->state.unvalidated ? validate(t, task, watch, err) : trainer_step(t, err);
        if (!good) { /* nothing of it happened */
            leave_off(t, task, watch, err);
            return false;
        }
        if (!report(t, task, watch, err) || !keep_checkpoint_in_time(t, task, watch, err))
            return false;
    }
    return true;
}

static bool leave(struct trainer *t, struct task *task, const struct tokenizer *tokenizer, struct err *err)
{
    struct digest digest;
    int64_t bytes;
    const struct shape *shape = &t->transformer->shape;
    const char *config = config_write(task->arena, shape, t->config->dropout, tokenizer_end_of_text(tokenizer));
    if (!weights_write(t, task->store, &digest, &bytes, err) ||
        !task_put(task, "config", 0, config, strlen(config), JSON, err))
        return false;
    task_output(task, "weights", 0, &digest, bytes, SAFETENSORS);
    task_count(task, "tokens_trained", t->state.step * t->config->batch);
    task_count(task, "steps_skipped", t->state.skipped);
    task_metric(task, "parameters", 0, (double)t->transformer->parameters.total);
    return true;
}

bool train_fit(struct task *task, const void *config, struct err *err)
{
    struct tokenizer *tokenizer = NULL;
    struct trainer *t;
    if (!open_tokenizer(task, &tokenizer, err))
        return false;
    t = open_trainer(task, config, tokenizer, err);
    if (t == NULL)
        return err_wrap(err, "%s", ((const struct train *)config)->name);
    resume(t, task);
    return train(t, task, err) && leave(t, task, tokenizer, err);
}
