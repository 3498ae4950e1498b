/* lineage: the commands `lineage` (what a model was made of) and `document` (what became of a document, and why). */
#include "registry/command.h"

#include <string.h>

bool command_lineage(struct session *session, struct err *err)
{
    static const struct column columns[] = {{"", 2, SHAPE_TEXT},
                                            {"name", 3, SHAPE_TEXT},
                                            {"documents", 5, SHAPE_COUNT},
                                            {"size", 6, SHAPE_BYTES},
                                            {"digest", 4, SHAPE_DIGEST}};
    struct version version;
    struct rows rows;
    if (!find_version(session, session->arguments[0], &version, err) ||
        !ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_LINEAGE,
                     PARAMS(version.model, param_int(session->arena, version.number)), &rows, err))
        return false;
    if (session->json) {
        print_json(session, &rows);
        return true;
    }
    fprintf(session->out, "%s v%lld (%s%s%s)\n", version.model, (long long)version.number, version.state,
            version.aliases ? ", " : "", version.aliases ? version.aliases : "");
    print_table(session, &rows, COLUMNS(columns), 40);
    return true;
}

enum document_column {
    DOCUMENT_ID,
    DOCUMENT_SOURCE,
    DOCUMENT_URI,
    DOCUMENT_ORDINAL,
    DOCUMENT_OUTCOME,
    DOCUMENT_RULE,
    DOCUMENT_VALUE,
    DOCUMENT_THRESHOLD,
    DOCUMENT_DUPLICATE_OF,
    DOCUMENT_SHARD,
    DOCUMENT_ROW,
    DOCUMENT_SPLIT,
    DOCUMENT_DATASET,
    DOCUMENT_MODELS,
    DOCUMENT_RUN,
    DOCUMENT_CONTENT
};

static const char *field(const struct rows *rows, int row, enum document_column column)
{
    const char *text = row_text(rows, row, (int)column);
    return text ? text : "";
}

/* One sentence: where it went, or why it did not. */
static void print_outcome(struct session *session, const struct rows *rows, int r)
{
    FILE *out = session->out;
    const char *outcome = field(rows, r, DOCUMENT_OUTCOME);
    if (strcmp(outcome, "dropped") == 0) {
        fprintf(out, "  not used: dropped by clean rule %s", field(rows, r, DOCUMENT_RULE));
        if (row_text(rows, r, DOCUMENT_VALUE) && strcmp(field(rows, r, DOCUMENT_VALUE), "NaN") != 0)
            fprintf(out, " (measured %.4g, limit %.4g)", row_real(rows, r, DOCUMENT_VALUE),
                    row_real(rows, r, DOCUMENT_THRESHOLD));
        fprintf(out, " in run %.8s\n", field(rows, r, DOCUMENT_RUN));
    } else if (strcmp(outcome, "duplicate") == 0) {
        fprintf(out, "  not used: duplicate of %s in dataset %s\n", field(rows, r, DOCUMENT_DUPLICATE_OF),
                field(rows, r, DOCUMENT_DATASET));
    } else if (!row_text(rows, r, DOCUMENT_DATASET)) {
        fprintf(out, "  kept in shard %.12s, row %s; no dataset has been made of it yet\n",
                field(rows, r, DOCUMENT_SHARD) + 2, field(rows, r, DOCUMENT_ROW));
    } else {
        fprintf(out, "  in dataset %s (shard %.12s, row %s, %s)", field(rows, r, DOCUMENT_DATASET),
                field(rows, r, DOCUMENT_SHARD) + 2, field(rows, r, DOCUMENT_ROW), field(rows, r, DOCUMENT_SPLIT));
        fprintf(out, row_text(rows, r, DOCUMENT_MODELS) ? " -> %s\n" : "%s\n", field(rows, r, DOCUMENT_MODELS));
    }
}

bool command_document(struct session *session, struct err *err)
{
    struct rows rows;
    const char *what = session->arguments[0];
    if (!ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_DOCUMENT, PARAMS(what), &rows, err))
        return false;
    if (session->json) {
        print_json(session, &rows);
        return true;
    }
    if (rows.count == 0)
        return err_set(err, ERR_INPUT,
                       "no document \"%s\" is known: give an id (32 hex digits), the SHA-256 of its text, a path, "
                       "SOURCE:PATH with as much of the path's end as is needed, or SOURCE:KEY of a record",
                       what);
    const int most = session->all ? rows.count : 40;
    for (int r = 0; r < rows.count && r < most; r++) {
        bool first = r == 0 || strcmp(field(&rows, r, DOCUMENT_ID), field(&rows, r - 1, DOCUMENT_ID)) != 0;
        if (first)
            fprintf(session->out, "%s  %s:%s #%s\n", field(&rows, r, DOCUMENT_ID), field(&rows, r, DOCUMENT_SOURCE),
                    field(&rows, r, DOCUMENT_URI), field(&rows, r, DOCUMENT_ORDINAL));
        print_outcome(session, &rows, r);
    }
    if (rows.count > most)
        fprintf(session->out, "... and %d more (--all shows them)\n", rows.count - most);
    return true;
}
