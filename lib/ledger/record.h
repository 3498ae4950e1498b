/*
 * record: what a task leaves for the ledger besides artifacts. Stages fill these; the completing transaction writes
 * them. All pointers belong to the task's arena.
 */
#ifndef LIB_LEDGER_RECORD_H
#define LIB_LEDGER_RECORD_H

#include "lib/base/digest.h"

/* ingest.scan: one per item that the source listed in this run. */
struct item_record {
    const char *uri;
    int64_t size;     /* bytes */
    int64_t mtime_us; /* wall time */
    struct digest digest;
    const char *error; /* NULL, or why it could not be read or parsed */
    bool passing;      /* ingest.read: it was not as it was listed; the next scan is to look at it anew */
};

/* clean.shard: one per document that came in, kept or not. */
struct document_record {
    char id[33];
    struct digest content;   /* of the cleaned text; of the raw text where it was dropped before */
    const char *uri;         /* of its item */
    int64_t ordinal;         /* within its item */
    int64_t bytes;           /* of the text whose digest `content` is */
    int64_t row;             /* in the clean shard; -1 where dropped */
    const char *split;       /* train, validation, test; NULL where dropped */
    const char *rule;        /* NULL where kept, else the rule that dropped it: "gopher.short" */
    double value, threshold; /* what the rule measured, and its limit */
};

/* clean.dedup: a document that is left out because it repeats another. */
struct duplicate_record {
    char id[33];
    char duplicate_of[33];
};

/* Tokenizing and evaluation: a document that is left out, as it ended the process that worked on it. */
struct aside_record {
    char id[33];
    int64_t bytes;
    const char *rule; /* "crash", "timeout", "memory" */
    double value, threshold;
};

/* Any stage: a point of a series ("loss", step 100) or a single value (step 0). */
struct metric_record {
    const char *key;
    int64_t step;
    double value;
};

/* evaluate: a score with its confidence interval; low and high are NaN where there is none. */
struct score_record {
    const char *subject; /* a model's name, a baseline's name, or "production" */
    const char *metric;  /* "bits_per_byte" */
    double value, low, high;
};

/* evaluate.judge: one per gate. */
struct verdict_record {
    const char *gate; /* as the definition has it: "bits_per_byte < unigram" */
    double left, right;
    bool passed;
    const char *reason; /* one sentence */
};

/* registry.release: a model version to register; its number is given when the task completes. */
struct release_record {
    const char *model;
    struct digest weights, config, tokenizer, dataset;
    int64_t parameters;
    bool released;     /* the gates passed: the alias moves to it; else it is kept as refused */
    const char *alias; /* "production" */
    const char *reason;
};

#endif
