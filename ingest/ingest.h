/*
 * ingest: the settings of a source (section "ingest.sources[]") and the work of its two kinds of task.
 */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include "lib/base/text.h"
#include "lib/flow/stage.h"

enum ingest_format { /* in the order of the choices of `format` */
                     FORMAT_AUTO,
                     FORMAT_TEXT,
                     FORMAT_MARKDOWN,
                     FORMAT_HTML,
                     FORMAT_JSONL,
                     FORMAT_CSV,
                     FORMAT_TSV,
                     FORMAT_PACKAGES
};

struct ingest_source {
    const char *name;
    int64_t type;
    struct texts files, exclude;
    int64_t format; /* enum ingest_format */
    struct pairs fields, columns;
    const char *content_type; /* NULL or "": by format; the same below: none was given */
    const char *charset, *licence, *basis;
    struct money price;
    int64_t min_files, max_bytes, document_bytes, shard_bytes;
};

static inline bool given(const char *text)
{
    return text != NULL && *text != '\0';
}

extern const struct stage_info ingest_info;

bool ingest_scan(struct task *task, const void *config, struct err *err) MUST_CHECK;
bool ingest_read(struct task *task, const void *config, struct err *err) MUST_CHECK;

#endif
