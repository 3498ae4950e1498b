/*
 * format: a file's text to documents. A format is one function; the table of them is in format.c.
 *
 * What is wrong in a file is left in `trouble`, with its line, and does not end the reading of the rest.
 */
#ifndef INGEST_FORMAT_H
#define INGEST_FORMAT_H

#include "ingest/ingest.h"
#include "lib/text/document.h"

struct reading {
    struct task *task;
    const struct source *source;
    const char *uri;
    const char *text; /* UTF-8 */
    size_t len;
    struct arena *arena;  /* of this file */
    struct document base; /* what all documents of the file share: source, metadata */
    int64_t documents;
    const char *trouble; /* the first, or NULL */
    int64_t troubles;
    /* Takes each document; false ends the reading (err). */
    bool (*take)(void *context, const struct document *document, struct err *err);
    void *context;
};

/* The format of a file by its name, without what it is packed in; FORMAT_AUTO where its name says nothing. */
enum format format_of_name(struct arena *arena, const char *path);
const char *format_media_type(enum format format);
bool format_read(struct reading *reading, enum format format, struct err *err) MUST_CHECK;

/* For the formats: a document with this text; `record` is one of struct field lists or NULL. */
bool reading_document(struct reading *reading, const char *text, size_t len, const struct pairs *meta,
                      struct err *err) MUST_CHECK;
void reading_trouble(struct reading *reading, const char *format, ...) PRINTF_LIKE(2, 3);

bool format_jsonl(struct reading *reading, struct err *err);
bool format_csv(struct reading *reading, struct err *err);
bool format_tsv(struct reading *reading, struct err *err);
bool format_deb822(struct reading *reading, struct err *err);

#endif
