/*
 * The task train.fit: it learns; the same settings give the same bytes, for any thread count, after an interruption
 * at any checkpoint, step or validation, and while the ledger is away; early stop keeps the best; a training that
 * diverges says so; faulty inputs are refused.
 */
#include "tests/unit/train/fixture.h"
#include "train/checkpoint.h"

#include <math.h>

/* A host that ends the attempt after `left` steps, and remembers the last checkpoint. */
struct interrupter {
    int left;
    int64_t step;
    struct digest digest;
};

static bool count_down(void *context, int64_t step, const struct digest *digest, int64_t bytes, struct err *err)
{
    struct interrupter *i = context;
    (void)bytes;
    i->step = step;
    i->digest = *digest;
    return i->left-- > 0 || err_set(err, ERR_LEASE, "the lease was lost");
}

static bool show_nothing(void *context, double done, double total, const char *unit, const char *note, struct err *err)
{
    (void)context, (void)err;
    return done <= total && unit != NULL && (note != NULL) == (done > 0);
}

/* A host that tells the work to end for this reason when it was asked so often, and remembers checkpoints. */
struct teller {
    struct task *task;
    enum err_code why;
    int left, checkpoints;
    int64_t asked_at, step; /* the step when it was told; that of the checkpoint */
    struct digest digest;
};

static bool tell(void *context, double done, double total, const char *unit, const char *note, struct err *err)
{
    struct teller *teller = context;
    (void)total, (void)unit, (void)note;
    teller->task->progress_ns = 0; /* every time it is asked goes through */
    teller->asked_at = (int64_t)done;
    return teller->left-- > 0 || err_set(err, teller->why, "told to end");
}

static bool remember(void *context, int64_t step, const struct digest *digest, int64_t bytes, struct err *err)
{
    struct teller *teller = context;
    (void)bytes, (void)err;
    teller->step = step;
    teller->digest = *digest;
    teller->checkpoints++;
    return true;
}

static struct digest output(const struct fixture *f, const char *role)
{
    for (size_t i = 0; i < f->task.output_count; i++)
        if (strcmp(f->task.outputs[i].role, role) == 0)
            return f->task.outputs[i].digest;
    return (struct digest){{0}};
}

static double metric(const struct fixture *f, const char *key, int64_t step)
{
    for (size_t i = 0; i < f->task.metric_count; i++)
        if (strcmp(f->task.metrics[i].key, key) == 0 && f->task.metrics[i].step == step)
            return f->task.metrics[i].value;
    return NAN;
}

static void test_learns(struct digest *weights)
{
    struct fixture f;
    struct err err = {0};
    set_up(&f);
    OK(train_fit(&f.task, &f.config, &err), "a model is trained: %s", err.text);
    OK(metric(&f, "loss", 5) > 4 && metric(&f, "loss", 40) < 2.5, "its loss falls: %.2f, then %.2f",
       metric(&f, "loss", 5), metric(&f, "loss", 40));
    OK(metric(&f, "validation_loss", 40) < 2.5 && isnan(metric(&f, "validation_loss", 35)),
       "validation happens when it should: %.2f", metric(&f, "validation_loss", 40));
    OK(metric(&f, "learning_rate", 40) < metric(&f, "learning_rate", 5) && metric(&f, "gradient_norm", 40) > 0,
       "rate and gradient norm are told");
    *weights = output(&f, "weights");
    OK(store_has(&f.store, weights, NULL), "weights are in the store");
    tear_down(&f);
}

static void same(const char *path, const char *value, const struct digest *weights, const char *name)
{
    struct fixture f;
    struct err err = {0};
    set_up(&f);
    f.task.pool = pool_new(3);
    if (path != NULL)
        set_option(&f, path, value);
    bool ok = train_fit(&f.task, &f.config, &err);
    struct digest got = output(&f, "weights");
    OK(ok && digest_equal(&got, weights), "%s", name);
    pool_free(f.task.pool);
    tear_down(&f);
}

/* Cuts a training off after each checkpoint in turn and takes it up again, `cuts` times. */
static void test_resume(const char *dropout, const char *patience, const char *method, const char *name)
{
    struct digest whole = {{0}}, resumed = {{0}};
    for (int cut = 0; cut < 2; cut++) {
        struct fixture f;
        struct err err = {0};
        struct interrupter interrupter = {.left = cut == 0 ? 1000 : 6};
        struct task_host host = {.context = &interrupter, .progress = show_nothing, .checkpoint = count_down};
        set_up(&f);
        set_option(&f, "dropout", dropout);
        set_option(&f, "early_stop.patience", patience);
        set_option(&f, "optimizer.method", method);
        set_option(&f, "checkpoint_every", "0s");
        f.task.host = &host;
        while (!train_fit(&f.task, &f.config, &err) && err.code == ERR_LEASE && f.task.attempt < 20) {
            interrupter.left = 6;
            f.task.attempt++;
            f.task.checkpoint = interrupter.digest;
            f.task.checkpoint_step = interrupter.step;
        }
        OK(cut == 0 ? f.task.attempt == 1 : f.task.attempt > 4, "%d attempts", f.task.attempt);
        *(cut == 0 ? &whole : &resumed) = output(&f, "weights");
        tear_down(&f);
    }
    OK(digest_equal(&whole, &resumed), "%s", name);
}

/* Told to end again and again, in the middle of steps too, a training loses no step that was done. */
static void test_told(enum err_code why, const char *name)
{
    struct digest digests[2];
    for (int often = 0; often < 2; often++) {
        struct fixture f;
        struct err err = {0};
        set_up(&f);
        set_option(&f, "accumulate", "2");
        set_option(&f, "checkpoint_every", "1h");
        set_option(&f, "early_stop.patience", "30");
        struct teller teller = {.task = &f.task, .why = why, .left = often ? 7 : 1000};
        struct task_host host = {.context = &teller, .progress = tell, .checkpoint = remember};
        bool lost = false;
        f.task.host = &host;
        while (!train_fit(&f.task, &f.config, &err) && err.code == why && f.task.attempt < 50) {
            lost = lost || teller.step != teller.asked_at || teller.checkpoints != f.task.attempt;
            teller.left = 7;
            f.task.attempt++;
            f.task.checkpoint = teller.digest;
            f.task.checkpoint_step = teller.step;
        }
        OK(!often || (f.task.attempt > 8 && !lost), "%s: %d attempts, each left off where it was told", name,
           f.task.attempt);
        digests[often] = output(&f, "weights");
        tear_down(&f);
    }
    OK(digest_equal(&digests[0], &digests[1]), "%s: the same bytes", name);
}

static void test_told_and_lost(void)
{
    struct fixture f;
    struct err err = {0};
    set_up(&f);
    struct teller teller = {.task = &f.task, .why = ERR_LEASE, .left = 7};
    struct task_host host = {.context = &teller, .progress = tell, .checkpoint = remember};
    f.task.host = &host;
    OK(!train_fit(&f.task, &f.config, &err) && err.code == ERR_LEASE && teller.checkpoints == 0,
       "who lost the lease leaves none");
    teller.left = 0;
    teller.why = ERR_SERVICE;
    OK(!train_fit(&f.task, &f.config, &err) && err.code == ERR_SERVICE && teller.checkpoints == 0,
       "nor does who has done nothing");
    tear_down(&f);
}

/* A host whose ledger is away for a while, again and again, and which counts what it is told. */
struct absent {
    int calls;
    int points[41]; /* of the loss, by step */
    int checkpoints;
    struct digest digest;
};

static bool is_away(struct absent *absent, struct err *err)
{
    return absent->calls++ % 4 != 0 && !err_set(err, ERR_SERVICE, "PostgreSQL cannot be reached");
}

static bool take_metrics(void *context, const struct metric_record *metrics, size_t count, struct err *err)
{
    struct absent *absent = context;
    if (is_away(absent, err))
        return false;
    for (size_t i = 0; i < count; i++)
        absent->points[metrics[i].step] += strcmp(metrics[i].key, "loss") == 0;
    return true;
}

static bool take_checkpoint(void *context, int64_t step, const struct digest *digest, int64_t bytes, struct err *err)
{
    struct absent *absent = context;
    (void)step, (void)bytes;
    if (is_away(absent, err))
        return false;
    absent->digest = *digest;
    absent->checkpoints++;
    return true;
}

static void test_ledger_away(const struct digest *weights)
{
    struct fixture f;
    struct err err = {0};
    struct absent absent = {0};
    struct task_host host = {
        .context = &absent, .progress = show_nothing, .metrics = take_metrics, .checkpoint = take_checkpoint};
    int points = 0, most = 0;
    set_up(&f);
    set_option(&f, "checkpoint_every", "0s");
    f.task.host = &host;
    bool ok = train_fit(&f.task, &f.config, &err);
    struct digest got = output(&f, "weights");
    OK(ok && digest_equal(&got, weights), "a training goes on while the ledger is away: %s", err.text);
    for (size_t i = 0; i < f.task.metric_count; i++)
        absent.points[f.task.metrics[i].step] += strcmp(f.task.metrics[i].key, "loss") == 0;
    for (int step = 0; step <= 40; step++) {
        points += absent.points[step] > 0;
        most = absent.points[step] > most ? absent.points[step] : most;
    }
    OK(points == 8 && most == 1, "each point is told once, later: %d", points);
    OK(absent.checkpoints > 2 && absent.checkpoints < 40, "a checkpoint waits for the next time: %d",
       absent.checkpoints);
    tear_down(&f);
}

static void test_damaged_checkpoint(const struct digest *weights)
{
    struct fixture f;
    struct err err = {0};
    set_up(&f);
    or_end(store_put(&f.store, "no checkpoint", 13, &f.task.checkpoint, &err), &err);
    f.task.checkpoint_step = 20;
    bool ok = train_fit(&f.task, &f.config, &err);
    struct digest got = output(&f, "weights");
    OK(ok && digest_equal(&got, weights), "a checkpoint that cannot be read costs time, nothing else");
    tear_down(&f);
}

static void test_early_stop(void)
{
    struct fixture f;
    struct err err = {0};
    set_up(&f);
    set_option(&f, "early_stop.patience", "2");
    set_option(&f, "validate_every", "1");
    set_option(&f, "learning_rate", "0.3");
    set_option(&f, "steps", "300");
    OK(train_fit(&f.task, &f.config, &err), "a training that no longer improves ends: %s", err.text);
    OK(isnan(metric(&f, "validation_loss", 300)), "before its last step");
    tear_down(&f);
}

static void fails(const char *path, const char *value, enum err_code code, const char *want)
{
    struct fixture f;
    struct err err = {0};
    set_up(&f);
    set_option(&f, path, value);
    OK(!train_fit(&f.task, &f.config, &err) && err.code == code, "%s %s fails", path, value);
    SAME(err.text, want, "and says why");
    tear_down(&f);
}

static void test_guard(void)
{
    struct fixture f;
    struct err err = {0};
    set_up(&f);
    set_option(&f, "learning_rate", "10");
    set_option(&f, "clip", "0");
    set_option(&f, "guard.action", "stop");
    OK(!train_fit(&f.task, &f.config, &err) && err.code == ERR_INPUT, "a training that diverges fails");
    OK(strstr(err.text, "mill: training diverged at step ") == err.text &&
           strstr(err.text, "lower learning_rate or raise schedule.warmup") != NULL,
       "and says what to do: %s", err.text);
    set_option(&f, "guard.action", "skip");
    set_option(&f, "guard.limit", "3");
    OK(!train_fit(&f.task, &f.config, &err) && strstr(err.text, "3 bad steps in a row") != NULL,
       "steps are left out up to a limit: %s", err.text);
    tear_down(&f);
}

static void test_bad_tokens(void)
{
    struct fixture f;
    struct err err = {0};
    set_up(&f);
    f.inputs[2] = f.inputs[6]; /* the index of another shard */
    f.inputs[2].role = "train_idx";
    f.inputs[2].ordinal = 0;
    OK(!train_fit(&f.task, &f.config, &err) && err.code == ERR_INPUT, "an index that does not fit is refused");
    OK(strstr(err.text, "mill: train_bin 0: token shard ") == err.text, "and named: %s", err.text);
    tear_down(&f);
}

int main(void)
{
    struct digest weights;
    test_learns(&weights);
    same(NULL, NULL, &weights, "three threads give the bytes of one");
    same("checkpoint_every", "0s", &weights, "how often checkpoints are kept changes nothing");
    test_resume("0", "0", "adamw", "a training that was cut off six times ends with the same bytes");
    test_resume("10 %", "30", "adamw", "with dropout and best weights too");
    test_resume("0", "0", "muon", "with Muon too");
    test_told(ERR_SERVICE, "a worker that is to end");
    test_told(ERR_CANCELLED, "a run that has ended");
    test_told_and_lost();
    test_ledger_away(&weights);
    test_damaged_checkpoint(&weights);
    test_early_stop();
    fails("shape.context", "4096", ERR_INPUT,
          "mill: the training split has 2162 tokens; a window takes 4097: lower shape.context or add sources");
    test_guard();
    test_bad_tokens();
    return DONE();
}
