/*
 * findings: what tidemill doctor found, one line each: what was looked at, whether it is well, and what to do.
 *
 * Everything lives in the arena. What is bad has the code of the error that a run would meet, hence its exit status.
 */
#ifndef PIPELINES_FINDINGS_H
#define PIPELINES_FINDINGS_H

#include "lib/base/buf.h"
#include "lib/base/json.h"

enum finding_level { FINDING_OK, FINDING_WARNING, FINDING_BAD };

struct finding {
    enum finding_level level;
    enum err_code code; /* where it is bad */
    const char *check, *says;
    const char *remedy; /* NULL: nothing to do, or `says` says it */
};

struct findings {
    struct arena *arena;
    struct finding *item;
    size_t count, capacity;
};

void finding_ok(struct findings *findings, const char *check, const char *format, ...) PRINTF_LIKE(3, 4);
void finding_warning(struct findings *findings, const char *check, const char *remedy, const char *format, ...)
    PRINTF_LIKE(4, 5);
void finding_bad(struct findings *findings, const char *check, enum err_code code, const char *remedy,
                 const char *format, ...) PRINTF_LIKE(5, 6);

/* "warning  space      3 % of ... are left; make room" */
const char *finding_line(const struct findings *findings, const struct finding *finding);
json_t *findings_json(const struct findings *findings);
/* False where anything is bad: the first one's code, and what is bad by name. */
bool findings_outcome(const struct findings *findings, struct err *err) MUST_CHECK;

#endif
