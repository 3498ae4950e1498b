/* models: the commands `models`, `versions` and `show`: what there is. */
#include "registry/command.h"

bool command_models(struct session *session, struct err *err)
{
    static const struct column columns[] = {
        {"model", 0, SHAPE_TEXT},          {"versions", 1, SHAPE_COUNT}, {"production", 2, SHAPE_VERSION},
        {"bits per byte", 3, SHAPE_SCORE}, {"newest", 4, SHAPE_VERSION}, {"", 5, SHAPE_TEXT},
        {"cost of all", 6, SHAPE_MONEY},   {"since", 8, SHAPE_TIME},
    };
    struct rows rows;
    if (!ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_MODELS, NO_PARAMS, &rows, err))
        return false;
    print_rows(session, &rows, COLUMNS(columns), 0, "No model yet: tidemill run pipelines/quickstart.yaml makes one.");
    return true;
}

bool command_versions(struct session *session, struct err *err)
{
    static const struct column columns[] = {
        {"version", 0, SHAPE_VERSION},     {"state", 1, SHAPE_TEXT},   {"aliases", 2, SHAPE_TEXT},
        {"bits per byte", 3, SHAPE_SCORE}, {"dataset", 4, SHAPE_TEXT}, {"parameters", 5, SHAPE_COUNT},
        {"cost", 6, SHAPE_MONEY},          {"created", 8, SHAPE_TIME}, {"reason", 9, SHAPE_TEXT},
    };
    struct rows rows;
    int64_t id;
    if (!find_model(session, session->arguments[0], &id, err) ||
        !ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_VERSIONS, PARAMS(session->arguments[0]), &rows,
                     err))
        return false;
    print_rows(session, &rows, COLUMNS(columns), 20, "It has no version yet.");
    return true;
}

/* One JSON object of the version and the lists that belong to it. */
static void print_show_json(struct session *session, const struct rows *version, const struct rows *scores,
                            const struct rows *gates, const struct rows *history)
{
    const struct rows *const lists[] = {scores, gates, history};
    static const char *const names[] = {"scores", "gates", "aliases_history"};
    struct buf buf;
    buf_init(&buf, session->arena);
    row_json(version, 0, &buf);
    buf.len--; /* reopen the object */
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        buf_printf(&buf, ",\"%s\":[", names[i]);
        for (int r = 0; r < lists[i]->count; r++) {
            if (r > 0)
                buf_char(&buf, ',');
            row_json(lists[i], r, &buf);
        }
        buf_char(&buf, ']');
    }
    fprintf(session->out, "%s}\n", buf.data);
}

bool command_show(struct session *session, struct err *err)
{
    static const struct column fields[] = {
        {"model", 0, SHAPE_TEXT},        {"version", 1, SHAPE_VERSION},  {"state", 2, SHAPE_TEXT},
        {"aliases", 3, SHAPE_TEXT},      {"reason", 4, SHAPE_TEXT},      {"created", 5, SHAPE_TIME},
        {"run", 6, SHAPE_TEXT},          {"parameters", 7, SHAPE_COUNT}, {"dataset", 8, SHAPE_TEXT},
        {"documents", 9, SHAPE_COUNT},   {"text", 10, SHAPE_BYTES},      {"cost", 11, SHAPE_MONEY},
        {"weights", 13, SHAPE_TEXT},     {"config", 14, SHAPE_TEXT},     {"tokenizer", 15, SHAPE_TEXT},
        {"dataset root", 16, SHAPE_TEXT}};
    static const struct column score_columns[] = {{"subject", 0, SHAPE_TEXT},
                                                  {"metric", 1, SHAPE_TEXT},
                                                  {"value", 2, SHAPE_SCORE},
                                                  {"low", 3, SHAPE_SCORE},
                                                  {"high", 4, SHAPE_SCORE}};
    static const struct column gate_columns[] = {{"gate", 0, SHAPE_TEXT}, {"", 1, SHAPE_TEXT}, {"", 2, SHAPE_TEXT}};
    static const struct column history_columns[] = {{"alias", 0, SHAPE_TEXT},
                                                    {"", 1, SHAPE_TEXT},
                                                    {"at", 2, SHAPE_TIME},
                                                    {"by", 3, SHAPE_TEXT},
                                                    {"reason", 4, SHAPE_TEXT}};
    struct version version;
    struct rows row, scores, gates, history;
    if (!find_version(session, session->arguments[0], &version, err) ||
        !ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_SHOW, PARAMS(version.id), &row, err) ||
        !ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_SCORES, PARAMS(version.run), &scores, err) ||
        !ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_GATES, PARAMS(version.run, version.model),
                     &gates, err) ||
        !ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_HISTORY, PARAMS(version.id), &history, err))
        return false;
    if (session->json) {
        print_show_json(session, &row, &scores, &gates, &history);
        return true;
    }
    print_record(session, &row, 0, COLUMNS(fields));
    fputc('\n', session->out);
    print_table(session, &scores, COLUMNS(score_columns), 0);
    if (gates.count > 0) {
        fputc('\n', session->out);
        print_table(session, &gates, COLUMNS(gate_columns), 0);
    }
    if (history.count > 0) {
        fputc('\n', session->out);
        print_table(session, &history, COLUMNS(history_columns), 10);
    }
    return true;
}
