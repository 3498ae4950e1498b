/* Which folder is the ledger's store: the first that is used, from then on no other, unless a person says so. */
#include "lib/flow/own_store.h"

#include "tests/unit/ledger/private.h"
#include "tests/unit/tap.h"

#include <sys/wait.h>
#include <unistd.h>

static struct arena arena;
static struct ledger *ledger;
static const char *conninfo, *place;
static struct err err;
static struct store store;

static const char *sql(const char *text)
{
    return private_answer(ledger, &arena, text);
}

static char *at(const char *name)
{
    return path_join(&arena, place, name);
}

static bool opens(const char *name)
{
    return own_store_open(&store, &arena, ledger, at(name), &err);
}

/* The ledger knows this artifact, and nothing else. */
static void know(const struct digest *digest)
{
    sql(arena_printf(&arena, "INSERT INTO ledger.artifact (digest, bytes, media_type) VALUES ('%s', 1, 'text/plain')",
                     param_digest(&arena, digest)));
}

static void forget(void)
{
    sql("DELETE FROM ledger.store");
    sql("DELETE FROM ledger.artifact");
}

static void test_first(void)
{
    char id[UUID_TEXT];
    OK(own_store_expect(&store, &arena, ledger, at("a"), &err) && *store.id == '\0' && !file_exists(at("a")),
       "a new ledger has none, and asking makes none");
    OK(opens("a") && store_works(&store, &err), "the first use makes one");
    memcpy(id, store.id, sizeof id);
    SAME(sql("SELECT id FROM ledger.store"), id, "the ledger remembers it");
    OK(opens("a") && strcmp(id, store.id) == 0, "and takes it again");
    OK(!opens("b") && err.code == ERR_SYSTEM && strstr(err.text, id) != NULL && !file_exists(at("b/new")),
       "another folder is refused, and nothing is made in it");
    OK(rename(at("a"), at("c")) == 0 && opens("c"), "the same elsewhere is the same");
    OK(folder_make(at("a"), &err) && !opens("a") && strstr(err.text, "no store.id is there") != NULL,
       "an empty folder in its place is refused");
}

static void test_adopt(void)
{
    bool changed;
    char id[UUID_TEXT];
    memcpy(id, store.id, sizeof id);
    OK(own_store_adopt(&store, &arena, ledger, at("c"), "somebody", &changed, &err) && !changed, "it is the ledger's");
    SAME(sql("SELECT count(*) FROM ledger.audit_event"), "0", "so nothing is noted");
    OK(own_store_adopt(&store, &arena, ledger, at("a"), "somebody", &changed, &err) && changed &&
           strcmp(store.id, id) != 0,
       "a person says that an empty one is, by a mark of its own");
    OK(opens("a") && !opens("c") && strstr(err.text, "is another store") != NULL, "then the old one is refused");
    SAME(sql("SELECT actor || ' ' || action || ' ' || (before->>'id') FROM ledger.audit_event"),
         arena_printf(&arena, "somebody store.adopt %s", id), "and who said so is noted");
    OK(own_store_adopt(&store, &arena, ledger, at("c"), "somebody", &changed, &err) && changed &&
           strcmp(store.id, id) == 0 && opens("c"),
       "one that has a mark keeps it");
    OK(unlink(at("c/store.id")) == 0 && file_write(at("c/store.id"), "x", 1, &err) && !opens("c") &&
           strstr(err.text, "is damaged") != NULL,
       "a damaged mark is refused");
    OK(own_store_adopt(&store, &arena, ledger, at("c"), "somebody", &changed, &err) && changed && opens("c"),
       "and made again");
}

static void test_older_ledger(void)
{
    struct digest digest;
    forget();
    OK(store_open(&store, &arena, at("old"), &err) && store_put(&store, "old", 3, &digest, &err), "a store of before");
    know(&digest);
    OK(folder_make(at("empty"), &err) && !opens("empty") && strstr(err.text, "has nothing of what") != NULL &&
           !file_exists(at("empty/store.id")),
       "a folder without anything that the ledger knows is refused");
    OK(opens("old") && opens("old") && !opens("empty"), "the one that has it is taken");
    forget();
    know(&digest);
    OK(opens("old"), "with its mark too: as a ledger that was restored");
    forget();
    OK(opens("old"), "a ledger that knows of nothing takes what is there");
}

/* Hosts that begin at the same time: the same folder, or different ones, of which all but one are wrong. */
static int race(const char *const *names, int count, int *good)
{
    int status, ids[2], others = 0;
    char first[UUID_TEXT], id[UUID_TEXT];
    *good = 0;
    if (pipe(ids) != 0)
        return -1;
    for (int i = 0; i < count; i++) {
        if (fork() != 0)
            continue;
        struct arena own;
        struct store mine;
        arena_init(&own);
        struct ledger *other = ledger_open(&own, conninfo, "host", &err);
        bool opened = other != NULL && own_store_open(&mine, &own, other, at(names[i]), &err);
        _exit(!opened || write(ids[1], mine.id, UUID_TEXT) != UUID_TEXT);
    }
    close(ids[1]);
    while (wait(&status) > 0)
        *good += status == 0;
    for (int i = 0; read(ids[0], id, UUID_TEXT) == UUID_TEXT; i++) {
        if (i == 0)
            memcpy(first, id, UUID_TEXT);
        others += strcmp(first, id) != 0;
    }
    close(ids[0]);
    return others;
}

static void test_race(void)
{
    static const char *const same[] = {"one", "one", "one", "one"}, *const different[] = {"p", "q", "r", "s"};
    int good;
    forget();
    OK(race(same, 4, &good) == 0 && good == 4, "four hosts at once take one store");
    forget();
    OK(race(different, 4, &good) == 0 && good == 1, "of four with four folders one does");
}

int main(void)
{
    arena_init(&arena);
    ledger = private_ledger_at(&arena, &conninfo);
    place = private_state(&arena);
    test_first();
    test_adopt();
    test_older_ledger();
    test_race();
    arena_release(&arena);
    return DONE();
}
