/* sweep: every artifact and damaged file is found; what is old goes, and what somebody has put of late stays. */
#include "lib/store/sweep.h"

#include "tests/unit/tap.h"

#include <stdlib.h>
#include <time.h>
#include <utime.h>

static struct store store;
static struct arena arena;
static struct err err;

struct tally {
    int items, damaged;
    int64_t bytes;
    struct store_item last; /* that is not damaged */
};

static bool count(void *context, const struct store_item *item, struct err *ignored)
{
    struct tally *tally = context;
    (void)ignored;
    tally->items++;
    tally->damaged += item->damaged;
    tally->bytes += item->bytes;
    if (!item->damaged)
        tally->last = *item;
    return true;
}

static struct tally tally_of(void)
{
    struct tally tally = {0};
    if (!store_each(&store, count, &tally, &err))
        printf("# %s\n", err.text);
    return tally;
}

static void age(const char *path, int seconds)
{
    struct utimbuf then = {time(NULL) - seconds, time(NULL) - seconds};
    if (utime(path, &then) != 0)
        printf("# cannot age %s\n", path);
}

int main(void)
{
    char folder[] = "/tmp/sweep_test.XXXXXX";
    struct digest digest;
    bool freed = true;
    arena_init(&arena);
    if (mkdtemp(folder) == NULL || !store_open(&store, &arena, path_join(&arena, folder, "store"), &err))
        return 1;
    OK(tally_of().items == 0, "an empty store");
    OK(store_put(&store, "grain", 5, &digest, &err), "an artifact");
    const char *path = store_path(&store, &arena, &digest);
    OK(file_write(path_join(&arena, store.root, "new/half"), "x", 1, &err) &&
           file_write(path_join(&arena, path_folder(&arena, path), "notes.txt"), "x", 1, &err),
       "and files that are none");
    struct tally tally = tally_of();
    OK(tally.items == 1 && tally.bytes == 5 && digest_equal(&tally.last.digest, &digest), "it alone is found");

    OK(store_free(&store, &tally.last, 3600, &freed, &err) && !freed && file_exists(path), "a young one stays");
    age(path, 7200);
    OK(tally_of().last.age_s >= 7200, "it grows old");
    OK(store_put(&store, "grain", 5, &digest, &err) && tally_of().last.age_s < 3600,
       "who puts it again makes it young");
    tally = tally_of();
    age(path, 7200);
    OK(store_free(&store, &tally.last, 3600, &freed, &err) && freed && !file_exists(path), "an old one goes");
    OK(store_free(&store, &tally.last, 3600, &freed, &err) && !freed, "it goes once");
    OK(store_put(&store, "grain", 5, &digest, &err) && file_exists(path), "and can be put again");

    char hex[DIGEST_HEX];
    digest_hex(&digest, hex);
    const char *aside = arena_printf(&arena, "%s/damaged/%s", store.root, hex);
    OK(file_write(path_join(&arena, store.root, "damaged/readme"), "x", 1, &err) && file_write(aside, "gra1n", 5, &err),
       "a damaged file");
    tally = tally_of();
    OK(tally.items == 2 && tally.damaged == 1, "is found too");
    age(aside, 7200);
    tally.last.damaged = true;
    OK(store_free(&store, &tally.last, 3600, &freed, &err) && freed && !file_exists(aside) && file_exists(path),
       "and freed without its namesake");
    OK(folder_remove(folder, &err), "the end");
    arena_release(&arena);
    return DONE();
}
