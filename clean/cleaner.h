/* cleaner: one document from its raw form to its clean one, or to the reason why it is left out. */
#ifndef CLEAN_CLEANER_H
#define CLEAN_CLEANER_H

#include "clean/minhash.h"
#include "clean/personal.h"
#include "clean/rule.h"

#include "lib/text/document.h"

struct outcome {
    bool kept;
    struct finding finding; /* where it was dropped */
    const char *text;       /* the cleaned text; the raw one where it was dropped before there was any */
    size_t bytes;
    const char *language; /* ISO 639 code, or "un" */
    double language_share;
    int64_t invalid, invisible;   /* see normalise.h */
    int64_t hidden;               /* personal data replaced */
    uint64_t band[MINHASH_BANDS]; /* where near duplicates are looked for and it is kept */
};

/* Depends on the document's text, its content type and the settings only; what it leaves is in `arena`. */
void clean_document(struct arena *arena, const struct document *document, const struct clean *config,
                    const struct personal *personal, struct outcome *outcome);

#endif
