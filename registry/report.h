/*
 * report: all that there is to say about a model version, gathered once and written in three ways: as text, as an HTML
 * page (the command `report`), and as the model card of an export.
 */
#ifndef REGISTRY_REPORT_H
#define REGISTRY_REPORT_H

#include "lib/base/json.h"
#include "registry/command.h"

enum { REPORT_PARTS = 6, REPORT_COLUMNS = 7 };

/* A table of a report: what it shows, and its rows. */
struct report_part {
    const char *title;
    const struct column *columns;
    size_t count;
    struct rows rows;
};

struct report {
    struct session *session;
    struct version version;
    struct rows facts;  /* one row; report_fact() reads it */
    struct rows points; /* of the loss curves: series, step, value */
    struct report_part parts[REPORT_PARTS];
    json_t *samples; /* [{prompt, text}], or NULL */
};

bool report_gather(struct session *session, const struct version *version, struct report *report,
                   struct err *err) MUST_CHECK;
/* The facts about the version one by one: title and value as people read it ("" where there is none); NULL past the
 * last. */
const char *report_fact(const struct report *report, size_t index, const char **value);

void report_html(const struct report *report, struct buf *out);
void report_text(const struct report *report);                  /* to the session's output */
void report_card(const struct report *report, struct buf *out); /* Markdown */

#endif
