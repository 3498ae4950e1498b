/*
 * window: see window.h. Windows of all documents are sorted by length and scored in batches, each padded to its
 * longest: attention is causal, so what stands right of a row's end does not reach its losses.
 */
#include "evaluate/window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_TOKENS 4096 /* bounds the memory of a batch: logits are batch x vocabulary */

struct window {
    size_t document;
    size_t from;   /* of the first token that is given */
    size_t length; /* tokens that are predicted: from + 1 .. from + length */
    size_t skip;   /* of them, how many an earlier window has counted */
};

struct windows {
    struct window *item;
    size_t count, capacity;
};

static void add_document(struct arena *arena, struct windows *windows, size_t document, size_t predicted,
                         size_t context, size_t stride)
{
    size_t done = 0;
    while (done < predicted) {
        size_t end = done == 0 ? context : done + stride;
        if (end > predicted)
            end = predicted;
        size_t from = end > context ? end - context : 0;
        ARENA_PUSH(arena, windows->item, windows->count, windows->capacity);
        windows->item[windows->count++] =
            (struct window){.document = document, .from = from, .length = end - from, .skip = done - from};
        done = end;
    }
}

/* Longest first; then as they stand in the documents, so that the order is the same everywhere. */
static int longest_first(const void *a, const void *b)
{
    const struct window *left = a, *right = b;
    if (left->length != right->length)
        return left->length > right->length ? -1 : 1;
    if (left->document != right->document)
        return left->document < right->document ? -1 : 1;
    return (left->from > right->from) - (left->from < right->from);
}

static size_t rows_of_batch(const struct windows *windows, size_t first)
{
    size_t rows = BATCH_TOKENS / windows->item[first].length;
    if (rows == 0)
        rows = 1;
    return rows < windows->count - first ? rows : windows->count - first;
}

static bool score_batch(struct model *model, const struct heldout *heldout, const struct window *windows, size_t rows,
                        struct arena *scratch, double *bits, struct err *err)
{
    size_t length = windows[0].length;
    int32_t *tokens = ARENA_ARRAY(scratch, int32_t, rows * (length + 1));
    float *losses = ARENA_ARRAY(scratch, float, rows *length);
    for (size_t r = 0; r < rows; r++) {
        const struct sequence *sequence = &heldout->documents[windows[r].document];
        int32_t *row = tokens + r * (length + 1);
        memcpy(row, sequence->ids + windows[r].from, (windows[r].length + 1) * sizeof *row);
        for (size_t t = windows[r].length + 1; t <= length; t++)
            row[t] = sequence->ids[0];
    }
    if (!model_losses(model, tokens, rows, length, losses, err))
        return false;
    for (size_t r = 0; r < rows; r++) {
        double nats = 0;
        for (size_t t = windows[r].skip; t < windows[r].length; t++)
            nats += (double)losses[r * length + t];
        if (!isfinite(nats))
            return err_set(err, ERR_INPUT, "document %s: the model's loss is not a number; its weights are broken",
                           heldout->documents[windows[r].document].id);
        bits[windows[r].document] += bits_of_nats(nats);
    }
    return true;
}

static bool check_vocabulary(const struct model *model, const struct heldout *heldout, struct err *err)
{
    int64_t model_size = model_vocabulary(model), size = tokenizer_vocabulary(heldout->tokenizer);
    if (size <= model_size)
        return true;
    return err_set(err, ERR_INPUT,
                   "the model knows %lld tokens and its tokenizer has %lld; they do not belong together",
                   (long long)model_size, (long long)size);
}

bool window_bits(struct task *task, struct model *model, const struct heldout *heldout, int64_t stride, double *bits,
                 struct err *err)
{
    if (!check_vocabulary(model, heldout, err))
        return false;
    size_t context = (size_t)model_context(model);
    size_t step = stride == 0 ? (context + 1) / 2 : (size_t)stride;
    if (step > context)
        step = context;
    struct windows windows = {0};
    for (size_t i = 0; i < heldout->count; i++) {
        bits[i] = 0;
        add_document(task->arena, &windows, i, heldout->documents[i].count - 1, context, step);
    }
    qsort(windows.item, windows.count, sizeof *windows.item, longest_first);
    struct arena scratch;
    arena_init(&scratch);
    bool good = true;
    for (size_t first = 0, rows; good && first < windows.count; first += rows) {
        rows = rows_of_batch(&windows, first);
        good = score_batch(model, heldout, windows.item + first, rows, &scratch, bits, err) &&
               task_progress(task, (double)(first + rows), (double)windows.count, "windows", "scoring", err);
        arena_clear(&scratch);
    }
    arena_release(&scratch);
    return good;
}
