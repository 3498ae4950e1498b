/*
 * heldout: the documents on which every scorer is measured, and what is measured on them.
 *
 * A held-out document is a document of the split "test" after duplicates are left out. As a sequence it stands between
 * two
 * <|endoftext|>: the first is given, every token after it is predicted, the last <|endoftext|> too. Its bits are the
 * sum of -log2 p over what is predicted; its bytes are the bytes of its text. Bits per byte = bits of all documents /
 * bytes of all documents, so that models with different tokenizers compare.
 */
#ifndef EVALUATE_HELDOUT_H
#define EVALUATE_HELDOUT_H

#include "lib/flow/task.h"
#include "lib/text/document.h"
#include "lib/text/tokenizer.h"

struct sequence {
    char id[DOCUMENT_ID];
    int64_t bytes;
    const int32_t *ids; /* ids[0] is given, ids[1..count) are predicted */
    size_t count;       /* at least 2 */
};

struct heldout {
    const struct tokenizer *tokenizer;
    const struct digest *tokenizer_digest;
    struct sequence *documents; /* in the order of shards and rows */
    size_t count;
    int64_t bytes, tokens; /* of text; predicted */
};

/* Of the task's inputs tokenizer[0], clean[i] and drop[i]. A split without documents is ERR_INPUT. */
bool heldout_load(struct task *task, struct heldout *heldout, struct err *err) MUST_CHECK;

double bits_of_nats(double nats);

#endif
