/*
 * reader: turns one item, a file's bytes, into documents.
 *
 * A format finds records in the bytes and hands them to reader_record(), which makes documents of them. What is wrong
 * with a single record is a problem of the item: it is noted with its line, and the rest goes on.
 */
#ifndef INGEST_READER_H
#define INGEST_READER_H

#include "ingest/batch.h"
#include "ingest/ingest.h"
#include "lib/text/document.h"

struct key_count;

struct reader {
    const struct ingest_source *source;
    const struct item *item;
    struct arena *arena;  /* as long as the item is read */
    struct arena *record; /* for one record; may be cleared after each */
    /* Takes a document; it and its texts are in `record`. */
    bool (*emit)(void *context, struct document *document, struct err *err);
    void *context;

    int64_t records;  /* handed on */
    int64_t problems; /* left out */
    struct buf said;  /* the first few problems, as one line */
    struct key_count *keys;
    size_t key_count, key_room;
};

struct record {
    const char *text;
    size_t bytes;
    const char *key; /* its own id, or NULL: then its position tells it from others */
    const char *created;
    const char *content_type;
    const char *charset;
    int64_t undecoded;
    struct digest digest; /* of its original bytes */
    struct pairs extra;   /* label, target ... */
};

/* Reads the item's bytes as they lie on the disk. False (ERR_INPUT) where nothing more can be read of it; or an error
 * of emit(). */
bool reader_read(struct reader *reader, const char *data, size_t len, struct err *err) MUST_CHECK;

bool reader_record(struct reader *reader, const struct record *record, struct err *err) MUST_CHECK;
/* A record that is left out. */
void reader_problem(struct reader *reader, int64_t line, const char *format, ...) PRINTF_LIKE(3, 4);

/* The formats that hold many records; text is the file's, decompressed. */
bool read_jsonl(struct reader *reader, const char *text, size_t len, struct err *err) MUST_CHECK;
bool read_table(struct reader *reader, const char *text, size_t len, char separator, struct err *err) MUST_CHECK;
bool read_packages(struct reader *reader, const char *text, size_t len, struct err *err) MUST_CHECK;

/* The source's format, or by the item's name; FORMAT_AUTO where that tells nothing. */
enum ingest_format reader_format(const struct ingest_source *source, const struct item *item);

#endif
