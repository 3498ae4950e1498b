/* The user's commands on a small history: what they print for people and for programs, and how they refuse. */
#include "lib/base/json.h"
#include "registry/command.h"
#include "tests/unit/ledger/private.h"
#include "tests/unit/ledger/seed.h"
#include "tests/unit/tap.h"

#include <unistd.h>

static struct arena arena;
static struct session base;
static struct err err;

/* What a command prints; NULL where it fails (err). */
static const char *run(bool (*command)(struct session *, struct err *), bool json, const char *a, const char *b)
{
    char *text = NULL;
    size_t len = 0;
    const char *arguments[] = {a, b};
    struct session session = base;
    session.json = json;
    session.arguments = arguments;
    session.count = (a != NULL) + (b != NULL);
    session.out = open_memstream(&text, &len);
    bool ok = command(&session, &err);
    fclose(session.out);
    const char *copy = ok ? arena_strdup(&arena, text) : NULL;
    free(text);
    if (!ok)
        printf("# %s\n", err.text);
    return copy;
}

#define LIKE(text, part, name) like((text), (part), (name), __FILE__, __LINE__)
static void like(const char *text, const char *part, const char *name, const char *file, int line)
{
    if (!tap_ok(text && strstr(text, part), file, line, part, "%s", name))
        printf("#  in: %s\n", text ? text : "(failed)");
}

static void test_models(void)
{
    const char *text = run(command_models, false, NULL, NULL);
    LIKE(text, "manuals-lm         2  v1", "models: how many versions, what is in production");
    text = run(command_models, true, NULL, NULL);
    json_t *json = json_read(&arena, text, strlen(text), &err);
    OK(json_array_size(json) == 1 && json_int_or(json_array_get(json, 0), "production", 0) == 1, "and as JSON");
    LIKE(run(command_versions, false, "manuals-lm", NULL), "refused", "versions: a refused one is there");
    text = run(command_show, false, "manuals-lm", NULL);
    LIKE(text, "1,234,567", "show: parameters");
    LIKE(text, "bits_per_byte < 2.1  passed", "gates");
    LIKE(text, "production  release", "how it came into production");
    text = run(command_show, true, "manuals-lm@v2", NULL);
    json = json_read(&arena, text, strlen(text), &err);
    OK(json && json_array_size(json_object_get(json, "gates")) == 1, "show as JSON holds the gates");
    OK(!run(command_show, false, "manual-lm", NULL) && err.code == ERR_USAGE &&
           strstr(err.text, "did you mean manuals-lm?"),
       "a wrong name gets a suggestion");
    OK(!run(command_show, false, "manuals-lm@7", NULL) &&
           strstr(err.text, "there are versions 1 to 2, aliases production"),
       "a wrong version gets what there is");
}

static void test_alias(void)
{
    OK(!run(command_promote, false, "manuals-lm@2", NULL) && err.code == ERR_GATE && strstr(err.text, "--reason"),
       "a refused version is promoted only with a reason");
    base.reason = "needed for the demo";
    LIKE(run(command_promote, false, "manuals-lm@2", NULL), "manuals-lm@production is now v2", "with one, it is");
    LIKE(run(command_promote, false, "manuals-lm@2", NULL), "is v2 already", "twice changes nothing");
    base.reason = NULL;
    LIKE(run(command_rollback, false, "manuals-lm", NULL), "manuals-lm@production is now v1", "rollback goes back");
    OK(!run(command_rollback, false, "manuals-lm", NULL) && strstr(err.text, "has been v1 from the first"),
       "before the first there is nothing, and a rollback is no way forward");
    OK(!run(command_promote, false, "manuals-lm", NULL) && strstr(err.text, "needs a version"),
       "promote needs a version");
    LIKE(run(command_show, false, "manuals-lm@2", NULL), "needed for the demo", "the reason is kept");
}

static void test_lineage(void)
{
    const char *text = run(command_lineage, false, "manuals-lm@1", NULL);
    LIKE(text, "manuals v1", "lineage: the dataset");
    LIKE(text, "manual (PostgreSQL)", "the source with its licence");
    LIKE(text, "manual 1", "the shards");
    LIKE(run(command_document, false, "manual:one.html", NULL), "in dataset manuals v1",
         "a document by source and path");
    LIKE(run(command_document, false, SEED_DOCUMENT(1), NULL), "-> manuals-lm v1 (production)",
         "by id: its model and alias");
    LIKE(run(command_document, false, "pages/two.html", NULL),
         "not used: dropped by clean rule gopher.short (measured 31, limit 50)", "a dropped one: rule, value, limit");
    LIKE(run(command_document, false, SEED_DOCUMENT(3), NULL), "not used: duplicate of " SEED_DOCUMENT(1),
         "a duplicate: of what");
    struct digest digest = seed_digest(SEED_DOCUMENT(4));
    char hex[DIGEST_HEX];
    digest_hex(&digest, hex);
    LIKE(run(command_document, false, hex, NULL), "four.html", "by the SHA-256 of its text");
    OK(!run(command_document, false, "nothing.html", NULL) && strstr(err.text, "no document \"nothing.html\" is known"),
       "an unknown one is said to be unknown");
    SAME(run(command_document, true, "nothing.html", NULL), "[]\n", "as JSON: an empty list");
}

static void test_money(void)
{
    LIKE(run(command_cost, false, NULL, NULL), "manuals", "cost: the runs");
    const char *text = run(command_cost, false, SEED_RUN(1), NULL);
    LIKE(text, "train", "cost of a run: its stages");
    LIKE(text, "total", "and the sum");
    LIKE(run(command_cost, false, "manuals-lm", NULL), "v2", "cost of a model: its versions");
    OK(!run(command_cost, false, "nothing", NULL) && strstr(err.text, "neither a run nor a model"),
       "neither a run nor a model");
    text = run(command_compare, false, SEED_RUN(1), SEED_RUN(2));
    LIKE(text, "* bits_per_byte", "compare marks what differs");
    LIKE(text, "  currency", "and not what is the same");
    LIKE(text, "-   steps: 100", "and shows the settings that differ");
    OK(!run(command_compare, false, SEED_RUN(1), "ffffffff") && strstr(err.text, "there is no run \"ffffffff\""),
       "an unknown run");
    OK(!run(command_compare, false, SEED_RUN(1), "0000") && strstr(err.text, "begins several runs"),
       "a text that begins several");
}

static void test_verify(void)
{
    struct digest digest;
    OK(!run(command_verify, false, NULL, NULL) && err.code == ERR_DAMAGED && strstr(err.text, "damaged or missing"),
       "verify: what the store lacks is damage");
    static const char *const names[] = {
        "batch one",   "batch two",   "clean 0",     "clean 1",       "clean 2",        "config one",
        "dataset one", "dataset two", "drop 0",      "drop 1",        "provenance one", "provenance two",
        "raw 0",       "raw 1",       "raw 2",       "score one",     "score two",      "score unigram",
        "signature 0", "signature 1", "signature 2", "tokenizer one", "tokenizer two",  "verdict one",
        "verdict two", "weights one", "weights two"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!store_put(&base.store, names[i], strlen(names[i]), &digest, &err))
            BUG("%s", err.text);
    LIKE(run(command_verify, false, NULL, NULL),
         "27 artifacts, 0.0 MB: 0 damaged or missing; audit chain of 5 events: intact", "verify: all is well");
    const char *path = store_path(&base.store, &arena, &digest);
    OK(file_write(path, "weights 2wo", 11, &err), "a byte of the weights changes");
    OK(!run(command_verify, false, NULL, NULL) && strstr(err.text, "1 artifacts are damaged"), "verify finds it");
}

static void test_report(void)
{
    struct buf page;
    const char *text = run(command_report, false, "manuals-lm@1", NULL);
    LIKE(text, "Training loss 5.000 -> 4.000", "report: the loss");
    LIKE(text, "gopher.short", "and why documents were left out");
    base.output = arena_printf(&arena, "%s.html", base.store.root);
    LIKE(run(command_report, false, "manuals-lm@1", NULL), "manuals-lm v1: ", "as a page");
    OK(file_read(&arena, base.output, &page, &err), "that is written");
    LIKE(page.data, "<h1>manuals-lm v1</h1>", "about the version");
    LIKE(page.data, "<svg", "with the loss curve");
    LIKE(page.data, "2.0 &lt; 2.1", "and escaped texts");
    OK(!strstr(page.data, "http") && !strstr(page.data, "<script"), "needs nothing but itself");
    unlink(base.output);
    base.output = NULL;
}

int main(void)
{
    arena_init(&arena);
    base = (struct session){.arena = &arena, .alias = "production", .actor = "tester@host"};
    base.ledger = private_ledger(&arena);
    char *root = arena_strdup(&arena, "/tmp/tidemill-registry-XXXXXX");
    if (!mkdtemp(root) || !store_open(&base.store, &arena, root, &err))
        BUG("no store for the test");
    seed(base.ledger);
    test_models();
    test_lineage();
    test_money();
    test_report();
    test_alias();
    test_verify();
    OK(folder_remove(root, &err), "cleared away");
    arena_release(&arena);
    return DONE();
}
