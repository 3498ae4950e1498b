/* What a completed task leaves: written once however often it is recorded, and found again through the views. */
#include "lib/ledger/record_task.h"
#include "tests/unit/ledger/private.h"
#include "tests/unit/ledger/seed.h"
#include "tests/unit/tap.h"

static struct ledger *ledger;
static struct arena arena;

static const char *ask(const char *sql)
{
    struct rows rows;
    struct err err;
    if (!ledger_sql(ledger, &arena, sql, &rows, &err)) {
        printf("# %s\n", err.text);
        return "failed";
    }
    return rows.count > 0 ? row_text(&rows, 0, 0) : "no row";
}

static void test_data(void)
{
    SAME(ask("SELECT count(*) FROM ledger.item"), "5", "items that a scan listed, and those that documents name");
    SAME(ask("SELECT error FROM ledger.item WHERE uri = 'pages/bad.html'"), "not HTML", "an item that failed says why");
    SAME(ask("SELECT documents || ' ' || kept || ' ' || kept_bytes FROM ledger.shard WHERE key = sha256('shard 0')"),
         "2 1 1000", "a shard counts what was kept");
    SAME(ask("SELECT rule || ' ' || value || ' ' || threshold FROM ledger.document WHERE rule IS NOT NULL"),
         "gopher.short 31 50", "a dropped document has rule, value and threshold");
    SAME(ask("SELECT version || ' ' || documents || ' ' || bytes || ' ' || duplicates FROM ledger.dataset_version "
             "WHERE run "
             "= '" SEED_RUN(1) "'"),
         "1 2 2000 1", "a dataset version counts its documents without duplicates");
    SAME(
        ask("SELECT string_agg((s.key = sha256('shard 0'))::text, ' ' ORDER BY m.ordinal) FROM ledger.dataset_member m "
            "JOIN "
            "ledger.shard s ON s.id = m.shard JOIN ledger.dataset_version v ON v.id = m.dataset_version WHERE "
            "v.version = 2"),
        "true false", "a reused shard is a member of the next version");
    SAME(ask("SELECT vocabulary FROM ledger.tokenizer"), "8000", "a tokenizer has its vocabulary");
}

static void test_set_aside(void)
{
    SAME(ask("SELECT string_agg(concat_ws(' ', kind, document, source, uri, rule, value, threshold), ', ' ORDER BY "
             "kind) "
             "FROM report.set_aside"),
         "tokenize.encode " SEED_DOCUMENT(4) " manual pages/four.html crash 11 0, tokenize.learn " SEED_DOCUMENT(
             4) " manual pages/four.html crash 11 0",
         "a document that tasks set aside, with the reason");
    SAME(ask("SELECT string_agg(rule || ' ' || documents || ' ' || bytes, ', ' ORDER BY rule) FROM report.drop_reason "
             "WHERE run = '" SEED_RUN(1) "'"),
         "duplicate 1 1000, encode.crash 1 1000, gopher.short 1 1000", "encoding is among the reasons");
    SAME(ask("SELECT string_agg(concat_ws(' ', outcome, rule, value, coalesce(model, 'none')), ', ') FROM "
             "report.document_use WHERE document = '" SEED_DOCUMENT(4) "'"),
         "set aside crash 11 none", "the model was trained without it");
    SAME(ask("SELECT string_agg(concat_ws(' ', outcome, rule, model, model_version), ', ' ORDER BY model_version) FROM "
             "report.document_use WHERE document = '" SEED_DOCUMENT(1) "'"),
         "kept manuals-lm 1, kept manuals-lm 2", "but with others");
}

static void test_model(void)
{
    SAME(ask("SELECT string_agg(version || ' ' || state, ', ' ORDER BY version) FROM ledger.model_version"),
         "1 released, 2 refused", "versions are numbered in the ledger");
    SAME(ask("SELECT model || ' ' || version FROM report.alias"), "manuals-lm 1",
         "only the released one has the alias");
    SAME(ask("SELECT string_agg(action, ', ' ORDER BY seq) FROM report.audit WHERE intact"),
         "model.register, alias.release, model.register", "the audit chain has all of it");
    SAME(ask("SELECT value || ' ' || least || ' ' || points FROM report.metric_last WHERE run = '" SEED_RUN(
             1) "' AND key = "
                "'loss'"),
         "4 4 2", "the last value of a series");
    SAME(ask("SELECT bits_per_byte FROM report.model WHERE version = 1"), "2", "a version's score");
}

static void test_money(void)
{
    SAME(ask("SELECT resource || ' ' || quantity || ' ' || amount || ' ' || currency FROM ledger.charge WHERE resource "
             "= 'cpu' "
             "LIMIT 1"),
         "cpu 0.002500000 0.00010000000 EUR", "nine processor seconds at 0.04 EUR an hour");
    SAME(ask("SELECT amount FROM report.run_cost WHERE run = '" SEED_RUN(1) "'"), "0.00132000000",
         "a run costs the sum of its attempts");
}

static void test_again(void)
{
    const char *before = ask("SELECT concat_ws(' ', (SELECT count(*) FROM ledger.document), (SELECT count(*) FROM "
                             "ledger.metric), (SELECT count(*) FROM ledger.charge), (SELECT count(*) FROM "
                             "ledger.model_version), (SELECT count(*) FROM ledger.evaluation))");
    seed_data(ledger);
    seed_model(
        ledger,
        (const char *const[]){SEED_TASK(1, 5), SEED_TASK(1, 7), SEED_TASK(1, 8), SEED_TASK(1, 9), SEED_TASK(1, 6)},
        SEED_RUN(1), (const char *[]){"weights one", "dataset one"}, true);
    SAME(ask("SELECT concat_ws(' ', (SELECT count(*) FROM ledger.document), (SELECT count(*) FROM ledger.metric), "
             "(SELECT "
             "count(*) FROM ledger.charge), (SELECT count(*) FROM ledger.model_version), (SELECT count(*) FROM "
             "ledger.evaluation))"),
         before, "recording again changes nothing");
}

/* Three shards of one completion: one that the ledger has, and two of sources of their own, one of which shares an
 * item. */
static void test_together(void)
{
    struct err err = {0};
    struct document_record known[] = {seed_kept(SEED_DOCUMENT(3), "pages/three.html", 0)};
    struct document_record two[] = {seed_kept(SEED_DOCUMENT(5), "pages/one.html", 0),
                                    seed_kept(SEED_DOCUMENT(6), "pages/six.html", 1)};
    struct document_record other[] = {seed_kept(SEED_DOCUMENT(7), "pages/one.html", 0)};
    struct task_records records[] = {seed_records(SEED_TASK(1, 2), SEED_RUN(1), "clean.shard", "shard 1"),
                                     seed_records(SEED_TASK(1, 1), SEED_RUN(1), "clean.shard", "shard 3"),
                                     seed_records(SEED_TASK(2, 2), SEED_RUN(1), "clean.shard", "shard 4")};
    records[0].documents = known;
    records[1].documents = two;
    records[2].documents = other;
    records[2].source = "other";
    records[0].document_count = records[2].document_count = 1;
    records[1].document_count = 2;
    OK(ledger_begin(ledger, &err) && ledger_record_shards(ledger, &arena, records, 3, &err), "together: %s", err.text);
    SAME(ask("SELECT string_agg(concat_ws(' ', s.key = sha256('shard 3'), d.position, o.name, i.uri), ', ' ORDER BY "
             "d.id) "
             "FROM ledger.document d JOIN ledger.shard s ON s.id = d.shard JOIN ledger.item i ON i.id = d.item "
             "JOIN ledger.source o ON o.id = i.source AND o.id = s.source "
             "WHERE s.key IN (sha256('shard 3'), sha256('shard 4'))"),
         "t 0 manual pages/one.html, t 1 manual pages/six.html, f 0 other pages/one.html",
         "each shard has its documents, each document the item of its own source");
    SAME(ask("SELECT count(*) FROM ledger.document d JOIN ledger.shard s ON s.id = d.shard WHERE s.key = "
             "sha256('shard 1')"),
         "2", "the one that the ledger had stays as it was");
    ledger_rollback(ledger);
}

static void test_refusals(void)
{
    struct err err = {0};
    struct task_records records = seed_records(SEED_TASK(1, 9), SEED_RUN(1), "registry.release", "x");
    struct release_record release = {.model = "other",
                                     .weights = seed_digest("weights one"),
                                     .config = seed_digest("config one"),
                                     .tokenizer = seed_digest("tokenizer one"),
                                     .dataset = seed_digest("nowhere")};
    records.task = SEED_TASK(2, 8); /* a task that has registered nothing */
    records.release = &release;
    OK(ledger_begin(ledger, &err) && !ledger_record_tasks(ledger, &arena, &records, 1, &err) &&
           strstr(err.text, "release of other: its dataset ") && strstr(err.text, "is not in the ledger"),
       "a release of unknown data is refused: %s", err.text);
    ledger_rollback(ledger);
    records = seed_records(SEED_TASK(1, 1), SEED_RUN(1), "clean.shard", "y");
    records.source = NULL;
    OK(ledger_begin(ledger, &err) && !ledger_record_shards(ledger, &arena, &records, 1, &err) &&
           strstr(err.text, "its spec names no source"),
       "documents without a source are refused");
    ledger_rollback(ledger);
}

int main(void)
{
    arena_init(&arena);
    ledger = private_ledger(&arena);
    seed(ledger);
    test_data();
    test_set_aside();
    test_model();
    test_money();
    test_again();
    test_together();
    test_refusals();
    arena_release(&arena);
    return DONE();
}
