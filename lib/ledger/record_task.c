/*
 * record_task: what completed tasks leave, dispatched by their kinds, and the measurements that any kind may leave.
 *
 * Everything happens in the caller's transaction; memory is the caller's arena. Fails as ledger_exec() does.
 */
#include "lib/ledger/record_data.h"

#include <string.h>

/* The columns of measurements as array parameters. */
struct columns {
    const char **names;
    const char **more; /* a second text column */
    struct buf numbers[3];
};

static void columns_init(struct columns *columns, struct arena *arena, size_t count)
{
    columns->names = ARENA_ARRAY(arena, const char *, count);
    columns->more = ARENA_ARRAY(arena, const char *, count);
    for (size_t i = 0; i < 3; i++)
        buf_init(&columns->numbers[i], arena);
}

static void add_number(struct columns *columns, size_t column, const char *text)
{
    struct buf *buf = &columns->numbers[column];
    buf_char(buf, buf->len == 0 ? '{' : ',');
    buf_text(buf, text);
}

static const char *numbers(struct columns *columns, size_t column)
{
    buf_char(&columns->numbers[column], '}');
    return columns->numbers[column].data;
}

/* A statement whose parameters are the task, the two text columns and the three numbers. */
static bool queue_columns(struct ledger *ledger, struct arena *arena, enum statement statement, const char *task,
                          struct columns *columns, size_t count, struct err *err)
{
    return ledger_queue(ledger, statement,
                        PARAMS(task, param_texts(arena, columns->names, count),
                               param_texts(arena, columns->more, count), numbers(columns, 0), numbers(columns, 1),
                               numbers(columns, 2)),
                        err);
}

bool ledger_record_metrics(struct ledger *ledger, struct arena *arena, const char *task,
                           const struct metric_record *metrics, size_t count, struct err *err)
{
    if (count == 0)
        return true;
    struct columns columns;
    columns_init(&columns, arena, count);
    for (size_t i = 0; i < count; i++) {
        columns.names[i] = metrics[i].key;
        add_number(&columns, 0, param_int(arena, metrics[i].step));
        add_number(&columns, 1, param_real(arena, metrics[i].value));
    }
    const char *names = param_texts(arena, columns.names, count);
    return ledger_queue(ledger, STATEMENT_METRIC_KEY_ADD, PARAMS(names), err) &&
           ledger_queue(ledger, STATEMENT_METRIC_ADD, PARAMS(task, names, numbers(&columns, 0), numbers(&columns, 1)),
                        err);
}

static bool record_scores(struct ledger *ledger, struct arena *arena, const struct task_records *records,
                          struct err *err)
{
    if (records->score_count == 0)
        return true;
    struct columns columns;
    columns_init(&columns, arena, records->score_count);
    for (size_t i = 0; i < records->score_count; i++) {
        const struct score_record *score = &records->scores[i];
        columns.names[i] = score->subject;
        columns.more[i] = score->metric;
        add_number(&columns, 0, param_real(arena, score->value));
        add_number(&columns, 1, param_real(arena, score->low));
        add_number(&columns, 2, param_real(arena, score->high));
    }
    return queue_columns(ledger, arena, STATEMENT_EVALUATION_ADD, records->task, &columns, records->score_count, err);
}

static bool record_verdicts(struct ledger *ledger, struct arena *arena, const struct task_records *records,
                            struct err *err)
{
    if (records->verdict_count == 0)
        return true;
    struct columns columns;
    columns_init(&columns, arena, records->verdict_count);
    for (size_t i = 0; i < records->verdict_count; i++) {
        const struct verdict_record *verdict = &records->verdicts[i];
        columns.names[i] = verdict->gate;
        columns.more[i] = verdict->reason ? verdict->reason : "";
        add_number(&columns, 0, param_real(arena, verdict->left));
        add_number(&columns, 1, param_real(arena, verdict->right));
        add_number(&columns, 2, verdict->passed ? "t" : "f");
    }
    return queue_columns(ledger, arena, STATEMENT_VERDICT_ADD, records->task, &columns, records->verdict_count, err);
}

static bool record_asides(struct ledger *ledger, struct arena *arena, const struct task_records *records,
                          struct err *err)
{
    size_t count = records->aside_count;
    if (count == 0)
        return true;
    struct columns columns;
    columns_init(&columns, arena, count);
    for (size_t i = 0; i < count; i++) {
        const struct aside_record *aside = &records->asides[i];
        columns.names[i] = aside->id;
        columns.more[i] = aside->rule;
        add_number(&columns, 0, param_int(arena, aside->bytes));
        add_number(&columns, 1, param_real(arena, aside->value));
        add_number(&columns, 2, param_real(arena, aside->threshold));
    }
    return queue_columns(ledger, arena, STATEMENT_SET_ASIDE_ADD, records->task, &columns, count, err);
}

static bool record_measurements(struct ledger *ledger, struct arena *arena, const struct task_records *records,
                                struct err *err)
{
    bool some = records->metric_count > 0 || records->metrics_before;
    return ledger_record_metrics(ledger, arena, records->task, records->metrics, records->metric_count, err) &&
           (!some || ledger_queue(ledger, STATEMENT_METRIC_FINISH, PARAMS(records->task), err)) &&
           record_asides(ledger, arena, records, err) && record_scores(ledger, arena, records, err) &&
           record_verdicts(ledger, arena, records, err);
}

static bool record_task(struct ledger *ledger, struct arena *arena, const struct task_records *records, struct err *err)
{
    static const struct {
        const char *kind;
        bool (*record)(struct ledger *, struct arena *, const struct task_records *, struct err *);
    } by_kind[] = {
        {"ingest.scan", record_items},        {"ingest.read", record_items},        {"clean.dedup", record_dataset},
        {"tokenize.learn", record_tokenizer}, {"registry.release", record_release},
    };
    if (!record_measurements(ledger, arena, records, err))
        return false;
    for (size_t i = 0; i < sizeof by_kind / sizeof *by_kind; i++)
        if (strcmp(by_kind[i].kind, records->kind) == 0 && !by_kind[i].record(ledger, arena, records, err))
            return false;
    return true;
}

bool ledger_record_tasks(struct ledger *ledger, struct arena *arena, const struct task_records *records, size_t count,
                         struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!record_task(ledger, arena, &records[i], err))
            return err->code == ERR_GATE ? false : err_wrap(err, "records of task %s", records[i].task);
    return true;
}
