/* ingest: the room's settings and its kinds of task. */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include "lib/flow/stage.h"

struct source { /* section "ingest.sources[]" */
    const char *name;
    int64_t type; /* files */
    struct texts files, exclude;
    int64_t format; /* enum format */
    struct pairs fields, columns;
    const char *licence, *basis, *charset;
    int64_t max_bytes, shard_bytes;
};

/* In the order of the option's choices. */
enum format { FORMAT_AUTO, FORMAT_TEXT, FORMAT_HTML, FORMAT_JSONL, FORMAT_CSV, FORMAT_TSV, FORMAT_DEB822 };

extern const struct stage_info ingest_info;

bool ingest_scan(struct task *task, const void *config, struct err *err);
bool ingest_read(struct task *task, const void *config, struct err *err);

#endif
