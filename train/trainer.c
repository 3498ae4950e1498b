/* trainer: see trainer.h. */
#include "train/trainer.h"

#include "lib/base/log.h"
#include "train/schedule.h"

#include <math.h>
#include <string.h>

#define MEAN_KEEP 0.98 /* of the running mean of losses, per step */

static float *block(struct arena *arena, const struct trainer *t)
{
    return ARENA_ARRAY(arena, float, t->transformer->parameters.floats);
}

static void plan(struct trainer *t, struct arena *arena, const struct shape *shape)
{
    const struct train *c = t->config;
    size_t context = shape->context;
    enum precision precision = precision_here((enum precision)c->precision);
    t->rows = (size_t)(c->batch / c->accumulate) / context;
    t->transformer = transformer_new(arena, shape, t->pool, t->rows * context, true, precision);
    t->optimizer = (struct optimizer){.parameters = &t->transformer->parameters,
                                      .weights = block(arena, t),
                                      .gradients = block(arena, t),
                                      .first = block(arena, t),
                                      .second = block(arena, t),
                                      .beta1 = c->optimizer.beta1,
                                      .beta2 = c->optimizer.beta2,
                                      .epsilon = c->optimizer.epsilon,
                                      .decay = c->optimizer.weight_decay,
                                      .clip = c->clip};
    if (c->optimizer.method == OPTIMIZER_MUON)
        optimizer_use_muon(&t->optimizer, arena, t->pool, c->optimizer.momentum, precision);
    t->transformer->weights = t->optimizer.weights;
    t->transformer->gradients = t->optimizer.gradients;
    if (c->patience > 0)
        t->best = block(arena, t);
    t->tokens = ARENA_ARRAY(arena, int32_t, t->rows * context);
    t->targets = ARENA_ARRAY(arena, int32_t, t->rows * context);
    t->losses = ARENA_ARRAY(arena, float, t->rows *context);
    t->window = ARENA_ARRAY(arena, int32_t, context + 1);
}

struct trainer *trainer_new(struct arena *arena, const struct train *config, const struct shape *shape,
                            struct pool *pool, const struct corpus *training, const struct corpus *validation,
                            struct err *err)
{
    struct trainer *t = ARENA_NEW(arena, struct trainer);
    t->config = config;
    t->pool = pool;
    t->training = *training;
    t->validation = *validation;
    if (!order_init(&t->order, arena, training, config->shape.context, (uint64_t)config->seed, err))
        return NULL;
    if (config->patience > 0 && validation->tokens <= config->shape.context) {
        err_set(err, ERR_INPUT,
                "early_stop.patience needs a validation split of more than shape.context tokens; it has %lld",
                (long long)validation->tokens);
        return NULL;
    }
    t->steps = schedule_steps(config, t->order.windows);
    plan(t, arena, shape);
    trainer_reset(t);
    return t;
}

void trainer_reset(struct trainer *t)
{
    const struct parameters *p = &t->transformer->parameters;
    parameters_init(p, t->optimizer.weights, t->transformer->shape.layers, (uint64_t)t->config->seed);
    memset(t->optimizer.first, 0, p->floats * sizeof(float));
    memset(t->optimizer.second, 0, p->floats * sizeof(float));
    if (t->best != NULL)
        memcpy(t->best, t->optimizer.weights, p->floats * sizeof(float));
    t->state = (struct trainer_state){.validation_loss = NAN, .best_loss = INFINITY};
}

/* Puts the window that starts at `from` into a row of the batch. */
static void load_row(struct trainer *t, const struct corpus *corpus, int64_t from, size_t row)
{
    size_t context = t->transformer->shape.context;
    corpus_read(corpus, from, (int64_t)context + 1, t->window);
    memcpy(t->tokens + row * context, t->window, context * sizeof *t->tokens);
    memcpy(t->targets + row * context, t->window + 1, context * sizeof *t->targets);
}

static bool may_go_on(const struct trainer *t, struct err *err)
{
    return t->go_on == NULL || t->go_on(t->context, err);
}

static double sum_losses(const struct trainer *t, size_t rows)
{
    double sum = 0;
    for (size_t i = 0; i < rows * t->transformer->shape.context; i++)
        sum += (double)t->losses[i];
    return sum;
}

/* Gradients of the mean loss of the step's batch, and that loss. */
static bool step_gradients(struct trainer *t, double *loss, struct err *err)
{
    int64_t parts = t->config->accumulate;
    double sum = 0, tokens = (double)t->config->batch;
    memset(t->optimizer.gradients, 0, t->transformer->parameters.floats * sizeof(float));
    for (int64_t part = 0; part < parts; part++) {
        if (!may_go_on(t, err))
            return false;
        int64_t micro = t->state.step * parts + part;
        struct batch batch = {
            .tokens = t->tokens, .targets = t->targets, .batch = t->rows, .length = t->transformer->shape.context};
        batch.dropout =
            (struct dropout){.rate = t->config->dropout, .seed = (uint64_t)t->config->seed, .step = (uint32_t)micro};
        for (size_t row = 0; row < t->rows; row++)
            load_row(t, &t->training, order_window(&t->order, micro * (int64_t)t->rows + (int64_t)row), row);
        transformer_train(t->transformer, &batch, 1 / tokens, t->losses);
        sum += sum_losses(t, t->rows);
    }
    *loss = sum / tokens;
    return true;
}

static bool is_spike(const struct trainer *t, double loss)
{
    double limit = t->config->guard.spike;
    if (!isfinite(loss) || !isfinite(t->norm))
        return true;
    return limit > 0 && t->state.mean_loss > 0 && loss > limit * t->state.mean_loss;
}

/* Leaves a bad step out, or says why training cannot go on. */
static bool spike(struct trainer *t, double loss, struct err *err)
{
    struct trainer_state *s = &t->state;
    s->spikes++;
    s->skipped++;
    if (t->config->guard.action == GUARD_SKIP && s->spikes < t->config->guard.limit) {
        log_line(LOG_WARN, "%s: step %lld left out: loss %.4g, gradient norm %.4g, running mean %.4g", t->config->name,
                 (long long)s->step, loss, t->norm, s->mean_loss);
        return true;
    }
    return err_set(err, ERR_INPUT,
                   "%s: training diverged at step %lld: loss %.4g, gradient norm %.4g, running mean of losses %.4g, "
                   "%lld bad steps in a row; lower learning_rate or raise schedule.warmup",
                   t->config->name, (long long)s->step, loss, t->norm, s->mean_loss, (long long)s->spikes);
}

static void good_step(struct trainer *t, double loss)
{
    struct trainer_state *s = &t->state;
    t->optimizer.step = s->updates;
    optimizer_step(t->pool, &t->optimizer, t->rate, t->norm);
    s->updates = t->optimizer.step;
    s->spikes = 0;
    s->mean_loss = s->mean_loss > 0 ? MEAN_KEEP * s->mean_loss + (1 - MEAN_KEEP) * loss : loss;
    s->sum_loss += loss;
    s->sum_steps++;
}

static bool validation_is_due(const struct trainer *t)
{
    int64_t every = t->config->validate_every;
    return t->validation.tokens > (int64_t)t->transformer->shape.context &&
           (t->state.step == t->steps || (every > 0 && t->state.step % every == 0));
}

bool trainer_step(struct trainer *t, struct err *err)
{
    double loss;
    if (!step_gradients(t, &loss, err))
        return false;
    t->norm = optimizer_norm(t->pool, &t->optimizer);
    t->rate = schedule_rate(t->config, t->state.step, t->steps);
    if (!is_spike(t, loss))
        good_step(t, loss);
    else if (!spike(t, loss, err))
        return false;
    t->state.step++;
    t->state.unvalidated = validation_is_due(t);
    return true;
}

static bool validation_loss(struct trainer *t, double *loss, struct err *err)
{
    size_t context = t->transformer->shape.context;
    int64_t all = (t->validation.tokens - 1) / (int64_t)context;
    int64_t wanted = t->config->validate_tokens / (int64_t)context, windows = wanted < all ? wanted : all;
    double sum = 0;
    if (windows < 1)
        windows = 1;
    for (int64_t first = 0; first < windows; first += (int64_t)t->rows) {
        if (!may_go_on(t, err))
            return false;
        size_t rows = (size_t)(windows - first) < t->rows ? (size_t)(windows - first) : t->rows;
        struct batch batch = {.tokens = t->tokens, .targets = t->targets, .batch = rows, .length = context};
        for (size_t row = 0; row < rows; row++)
            load_row(t, &t->validation, (first + (int64_t)row) * all / windows * (int64_t)context, row);
        transformer_losses(t->transformer, &batch, t->losses);
        sum += sum_losses(t, rows);
    }
    *loss = sum / ((double)windows * (double)context);
    return true;
}

bool trainer_validate(struct trainer *t, struct err *err)
{
    struct trainer_state *s = &t->state;
    if (!validation_loss(t, &s->validation_loss, err))
        return false;
    s->unvalidated = 0;
    s->since_best++;
    if (!(s->validation_loss < s->best_loss))
        return true;
    s->best_loss = s->validation_loss;
    s->since_best = 0;
    if (t->best != NULL)
        memcpy(t->best, t->optimizer.weights, t->transformer->parameters.floats * sizeof(float));
    return true;
}

bool trainer_done(const struct trainer *t)
{
    if (t->state.unvalidated)
        return false;
    return t->state.step >= t->steps || (t->config->patience > 0 && t->state.since_best >= t->config->patience);
}

const float *trainer_result(const struct trainer *t)
{
    return t->best != NULL ? t->best : t->optimizer.weights;
}
