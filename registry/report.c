/* report: the command `report`, and gathering what it says: from the ledger, and the samples from the store. */
#include "registry/report.h"

#include "lib/base/file.h"

static const struct column gates[] = {{"gate", 0, SHAPE_TEXT}, {"outcome", 1, SHAPE_TEXT}, {"reason", 2, SHAPE_TEXT}};
static const struct column scores[] = {{"subject", 0, SHAPE_TEXT},
                                       {"metric", 1, SHAPE_TEXT},
                                       {"value", 2, SHAPE_SCORE},
                                       {"95 % from", 3, SHAPE_SCORE},
                                       {"to", 4, SHAPE_SCORE}};
static const struct column quality[] = {{"subject", 0, SHAPE_TEXT},
                                        {"bits per byte", 1, SHAPE_SCORE},
                                        {"cost", 2, SHAPE_MONEY},
                                        {"best value", 4, SHAPE_TEXT}};
static const struct column sources[] = {
    {"source", 0, SHAPE_TEXT}, {"licence", 1, SHAPE_TEXT}, {"basis", 2, SHAPE_TEXT},  {"documents in", 3, SHAPE_COUNT},
    {"kept", 4, SHAPE_COUNT},  {"text", 5, SHAPE_BYTES},   {"shards", 6, SHAPE_COUNT}};
static const struct column drops[] = {
    {"source", 0, SHAPE_TEXT}, {"rule", 1, SHAPE_TEXT}, {"documents", 2, SHAPE_COUNT}, {"text", 3, SHAPE_BYTES}};
static const struct column costs[] = {
    {"stage", 0, SHAPE_TEXT}, {"cost", 1, SHAPE_MONEY}, {"CPU hours", 3, SHAPE_SCORE}, {"attempts", 5, SHAPE_COUNT}};

/* What a statement is asked with. */
enum parameter { RUN, VERSION, RUN_AND_MODEL };

static const struct {
    const char *title;
    enum statement statement;
    enum parameter parameter;
    const struct column *columns;
    size_t count;
} parts[REPORT_PARTS] = {
    {"Gates", STATEMENT_REGISTRY_GATES, RUN_AND_MODEL, COLUMNS(gates)},
    {"Scores on held-out documents", STATEMENT_REGISTRY_SCORES, RUN, COLUMNS(scores)},
    {"Quality and its price", STATEMENT_REGISTRY_QUALITY, RUN, COLUMNS(quality)},
    {"Data", STATEMENT_REGISTRY_SOURCES, VERSION, COLUMNS(sources)},
    {"Left out", STATEMENT_REGISTRY_DROPS, RUN, COLUMNS(drops)},
    {"Cost by stage", STATEMENT_REGISTRY_COST_RUN, RUN, COLUMNS(costs)},
};

const char *report_fact(const struct report *report, size_t index, const char **value)
{
    static const struct column facts[] = {
        {"state", 2, SHAPE_TEXT},      {"aliases", 3, SHAPE_TEXT},      {"reason", 4, SHAPE_TEXT},
        {"created", 5, SHAPE_TIME},    {"run", 6, SHAPE_TEXT},          {"parameters", 7, SHAPE_COUNT},
        {"dataset", 8, SHAPE_TEXT},    {"documents", 9, SHAPE_COUNT},   {"text", 10, SHAPE_BYTES},
        {"cost", 11, SHAPE_MONEY},     {"weights", 13, SHAPE_TEXT},     {"config", 14, SHAPE_TEXT},
        {"tokenizer", 15, SHAPE_TEXT}, {"dataset root", 16, SHAPE_TEXT}};
    if (index >= sizeof facts / sizeof *facts)
        return NULL;
    *value = show_value(report->session->arena, &report->facts, 0, facts[index].index, facts[index].shape);
    return facts[index].title;
}

/* From the artifact of the score; a report without samples is still one, so what is damaged there is passed over. */
static bool gather_samples(struct report *report, struct err *err)
{
    struct session *session = report->session;
    struct rows rows;
    struct digest digest;
    struct map map;
    struct err ignored;
    if (!ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_SCORE_ARTIFACT,
                     PARAMS(report->version.run, report->version.model), &rows, err))
        return false;
    if (rows.count == 0 || !row_digest(&rows, 0, 0, &digest) ||
        !store_map(&session->store, session->arena, &digest, &map, &ignored))
        return true;
    report->samples = json_object_get(json_read(session->arena, map.data, map.size, &ignored), "samples");
    return true;
}

bool report_gather(struct session *session, const struct version *version, struct report *report, struct err *err)
{
    *report = (struct report){.session = session, .version = *version};
    struct ledger *ledger = session->ledger;
    struct arena *arena = session->arena;
    for (size_t i = 0; i < REPORT_PARTS; i++) {
        struct report_part *part = &report->parts[i];
        const char *const given[] = {parts[i].parameter == VERSION ? version->id : version->run, version->model};
        *part = (struct report_part){parts[i].title, parts[i].columns, parts[i].count, {0}};
        if (!ledger_exec(ledger, arena, parts[i].statement, given, parts[i].parameter == RUN_AND_MODEL ? 2 : 1,
                         &part->rows, err))
            return false;
    }
    return ledger_exec(ledger, arena, STATEMENT_REGISTRY_SHOW, PARAMS(version->id), &report->facts, err) &&
           ledger_exec(ledger, arena, STATEMENT_REGISTRY_CURVE, PARAMS(version->run, version->model), &report->points,
                       err) &&
           gather_samples(report, err);
}

bool command_report(struct session *session, struct err *err)
{
    struct version version;
    struct report report;
    if (session->json)
        return command_show(session, err);
    if (!find_version(session, session->arguments[0], &version, err) || !report_gather(session, &version, &report, err))
        return false;
    if (!session->output) {
        report_text(&report);
        return true;
    }
    struct buf page;
    buf_init(&page, session->arena);
    report_html(&report, &page);
    if (!file_write(session->output, page.data, page.len, err))
        return false;
    fprintf(session->out, "%s v%lld: %s\n", version.model, (long long)version.number, session->output);
    return true;
}
