#include "lib/store/sweep.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct arena arena;
static struct err err;
static const char *folder;

static bool says(const char *text)
{
    bool good = err.code == ERR_SYSTEM && strstr(err.text, text) != NULL && strchr(err.text, '\n') == NULL;
    if (!good)
        printf("# %s\n", err.text);
    return good;
}

static bool write_id(const char *text)
{
    const char *path = path_join(&arena, folder, "store.id");
    return (unlink(path) == 0 || !file_exists(path)) && file_write(path, text, strlen(text), &err);
}

static void test_mark(void)
{
    enum mark mark;
    char id[UUID_TEXT], again[UUID_TEXT] = "";
    OK(mark_read(folder, &mark, id, &err) && mark == MARK_NONE, "none at first");
    OK(!mark_check(folder, "0192f3a7-1b2c-7000-8000-000000000000", &err) && says("no store.id is there") &&
           says("mount it there") && says("tidemill adopt"),
       "which is refused, and says what to do");
    OK(mark_make(folder, id, &err) && uuid_valid(id), "made");
    OK(mark_make(folder, again, &err) && strcmp(id, again) == 0, "once");
    OK(mark_read(folder, &mark, again, &err) && mark == MARK_FOUND && strcmp(id, again) == 0, "found");
    OK(mark_check(folder, id, &err), "the one that is meant");
    OK(!mark_check(folder, "0192f3a7-1b2c-7000-8000-000000000000", &err) && says("is another store") && says(id),
       "another one is refused");
    OK(rmdir(path_join(&arena, folder, "new")) == 0, "it leaves nothing behind");
}

static void test_damage(void)
{
    static const char *const texts[] = {"",
                                        "x",
                                        "0192f3a7-1b2c-7000-8000-00000000000",
                                        "0192f3a7-1b2c-7000-8000-000000000000x",
                                        "0192f3a7-1b2c-7000-8000-000000000000\nmore",
                                        "not-an-id-of-thirty-six-characters-\n\n"};
    enum mark mark;
    char id[UUID_TEXT];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        OK(write_id(texts[i]) && mark_read(folder, &mark, id, &err) && mark == MARK_DAMAGED, "damaged: %zu", i);
    OK(!mark_check(folder, "0192f3a7-1b2c-7000-8000-000000000000", &err) && says("is damaged") && says("write that id"),
       "is refused, and says what to do");
    OK(mark_make(folder, id, &err) && mark_check(folder, id, &err), "who may replaces it");
    OK(write_id("0192f3a7-1b2c-7000-8000-000000000000\n") &&
           mark_check(folder, "0192f3a7-1b2c-7000-8000-000000000000", &err),
       "as a person may write it");
    OK(unlink(path_join(&arena, folder, "store.id")) == 0 && mkdir(path_join(&arena, folder, "store.id"), 0755) == 0 &&
           !mark_read(folder, &mark, id, &err) && says("Is a directory"),
       "what cannot be read is an error");
    OK(rmdir(path_join(&arena, folder, "store.id")) == 0, "gone again");
}

/* All that start at once have the same one. */
static void test_race(void)
{
    enum { PROCESSES = 8 };
    int status, failed = 0, ids[2];
    char first[UUID_TEXT], id[UUID_TEXT];
    for (int round = 0; round < 20; round++) {
        if (pipe(ids) != 0)
            return;
        for (int i = 0; i < PROCESSES; i++)
            if (fork() == 0)
                _exit(!mark_make(folder, id, &err) || write(ids[1], id, UUID_TEXT) != UUID_TEXT);
        close(ids[1]);
        while (wait(&status) > 0)
            failed += status != 0;
        failed += read(ids[0], first, UUID_TEXT) != UUID_TEXT;
        for (int i = 1; i < PROCESSES; i++)
            failed += read(ids[0], id, UUID_TEXT) != UUID_TEXT || strcmp(first, id) != 0;
        close(ids[0]);
        failed += unlink(path_join(&arena, folder, "store.id")) != 0;
    }
    OK(failed == 0, "eight who mark a store at once have the same mark, twenty times");
}

static bool free_it(void *context, const struct store_item *item, struct err *why)
{
    bool freed;
    return store_free(context, item, -1, &freed, why);
}

/* The store is not mounted: its folder is there, with what somebody had put into it before. */
static void test_away(void)
{
    struct store store;
    struct digest digest, other;
    struct map map;
    bool there;
    OK(store_open(&store, &arena, folder, &err) && mark_make(folder, store.id, &err) && store_works(&store, &err) &&
           store_put(&store, "here", 4, &digest, &err),
       "a store with its mark works");
    OK(store_find(&store, &digest, &there, &err) && there && store_remove(&store, &digest, &err) &&
           store_find(&store, &digest, &there, &err) && !there,
       "what it lacks is missing");
    OK(!store_map(&store, &arena, &digest, &map, &err) && err.code == ERR_DAMAGED, "and is made again");
    OK(store_put(&store, "there", 5, &other, &err) && unlink(path_join(&arena, folder, "store.id")) == 0, "without it");
    OK(!store_works(&store, &err) && says("no store.id"), "it does not work");
    OK(!store_map(&store, &arena, &digest, &map, &err) && says("no store.id"), "what it lacks is not missing");
    OK(!store_find(&store, &digest, &there, &err) && says("no store.id"), "nor said to be");
    OK(!store_put(&store, "here", 4, &digest, &err) && says("no store.id") && !store_has(&store, &digest, NULL),
       "nothing is put there");
    OK(!store_put(&store, "there", 5, &other, &err) && says("no store.id"), "not even what is there");
    OK(!store_each(&store, free_it, &store, &err) && says("no store.id") && store_has(&store, &other, NULL),
       "nothing is freed there");
}

int main(void)
{
    char root[] = "/tmp/mark_test.XXXXXX";
    arena_init(&arena);
    if (mkdtemp(root) == NULL)
        return 1;
    folder = path_join(&arena, root, "store");
    test_mark();
    test_damage();
    test_race();
    test_away();
    OK(folder_remove(root, &err), "the end");
    arena_release(&arena);
    return DONE();
}
