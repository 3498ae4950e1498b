#include "lib/store/store.h"
#include "tests/unit/tap.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

static struct arena arena;
static struct err err;
static struct store store;

static size_t entries(const char *name)
{
    size_t count = 0;
    DIR *dir = opendir(path_join(&arena, store.root, name));
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;)
        count += entry->d_name[0] != '.';
    if (dir != NULL)
        closedir(dir);
    return count;
}

static void test_put(void)
{
    struct digest digest, again;
    struct map map;
    int64_t bytes;
    char hex[DIGEST_HEX];
    OK(store_put(&store, "abc", 3, &digest, &err) && store_put(&store, "abc", 3, &again, &err), "an artifact, twice");
    digest_hex(&digest, hex);
    /* FIPS 180-4's example */
    SAME(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "is named by its SHA-256");
    OK(store_has(&store, &digest, &bytes) && bytes == 3, "it is there");
    OK(store_map(&store, &arena, &digest, &map, &err) && map.size == 3 && memcmp(map.data, "abc", 3) == 0, "as it was");
    OK(store_put(&store, "", 0, &digest, &err) && store_map(&store, &arena, &digest, &map, &err) && map.size == 0,
       "an empty one");
    OK(entries("new") == 0, "nothing is left under construction");
    OK(store_remove(&store, &digest, &err) && !store_has(&store, &digest, NULL) && store_remove(&store, &digest, &err),
       "it can be removed, and again");
}

/* Reading /proc/self/mem from its beginning is EIO, as reading a bad sector is. */
static void test_unreadable(void)
{
    struct digest digest;
    struct map map;
    OK(store_put(&store, "bad sector", 10, &digest, &err) && store_readable(&store, &digest, &err),
       "what can be read is left");
    const char *path = store_path(&store, &arena, &digest), *new = path_join(&arena, store.root, "new");
    OK(unlink(path) == 0 && store_readable(&store, &digest, &err), "so is what is missing");
    OK(symlink("/proc/self/mem", path) == 0 && rename(new, path_join(&arena, store.root, "away")) == 0 &&
           store_readable(&store, &digest, &err) && access(path, F_OK) == 0,
       "and what cannot be read in a store that does not work");
    OK(rename(path_join(&arena, store.root, "away"), new) == 0 && !store_readable(&store, &digest, &err) &&
           err.code == ERR_DAMAGED && strstr(err.text, "cannot be read (its file system gives EIO); it was moved"),
       "in one that works it is set aside: %s", err.text);
    OK(!store_map(&store, &arena, &digest, &map, &err) && err.code == ERR_DAMAGED, "it is not there any more");
    OK(store_put(&store, "bad sector", 10, &digest, &err) && store_map(&store, &arena, &digest, &map, &err),
       "until it is made again");
}

static void test_files(void)
{
    struct arena scope;
    struct digest digest, want = digest_of("onetwo", 6);
    int64_t bytes;
    arena_init(&scope);
    struct store_file *file = store_create(&store, &scope, &err);
    OK(file != NULL && store_write(file, "one", 3, &err) && store_write(file, "two", 3, &err) && entries("new") == 1,
       "a file under construction");
    OK(store_keep(file, &digest, &bytes, &err) && bytes == 6 && digest_equal(&digest, &want), "is kept");
    file = store_create(&store, &scope, &err);
    OK(file != NULL && store_write(file, "lost", 4, &err), "another");
    arena_release(&scope);
    want = digest_of("lost", 4);
    OK(entries("new") == 0 && !store_has(&store, &want, NULL), "goes with its arena");
}

static void test_damage(void)
{
    struct digest digest;
    struct map map;
    char hex[DIGEST_HEX];
    OK(store_put(&store, "precious", 8, &digest, &err), "an artifact");
    char *path = store_path(&store, &arena, &digest);
    OK(chmod(path, 0644) == 0 && file_write(path, "precioux", 8, &err), "somebody changes it");
    OK(!store_map(&store, &arena, &digest, &map, &err) && err.code == ERR_DAMAGED, "that shows");
    digest_hex(&digest, hex);
    SAME(err.text,
         arena_printf(&arena, "artifact %s does not match its digest; it was moved to %s/damaged/%s", hex, store.root,
                      hex),
         "and is told");
    OK(!store_has(&store, &digest, NULL) && entries("damaged") == 1, "it is set aside");
    OK(!store_verify(&store, &digest, &err) && err.code == ERR_DAMAGED, "then it is missing");
    SAME(err.text, arena_printf(&arena, "artifact %s is not in the store %s", hex, store.root), "which is told");
    OK(store_put(&store, "precious", 8, &digest, &err) && store_verify(&store, &digest, &err), "and made again");
}

/* Whoever cuts a file short does it to its readers, too. */
static void test_cut_short(void)
{
    enum { BYTES = 1 << 20 };
    struct arena scope;
    struct digest digest;
    struct map map;
    char *bytes = arena_alloc(&arena, BYTES);
    memset(bytes, 'x', BYTES);
    arena_init(&scope);
    mapping_guard();
    OK(store_put(&store, bytes, BYTES, &digest, &err) && store_map(&store, &scope, &digest, &map, &err), "mapped");
    const char *path = store_path(&store, &arena, &digest);
    OK(truncate(path, 0) == 0 && map.data[0] == '\0' && !mapping_sound(&err), "cut short while it is read");
    OK(!store_verify(&store, &digest, &err) && err.code == ERR_SYSTEM && store_has(&store, &digest, NULL),
       "what could not be read is not called damaged by this reader");
    arena_release(&scope);
    mapping_forget();
    OK(!store_verify(&store, &digest, &err) && err.code == ERR_DAMAGED && !store_has(&store, &digest, NULL),
       "the next one sees what it is");
    OK(store_put(&store, bytes, BYTES, &digest, &err) && store_verify(&store, &digest, &err), "and it is made again");
}

static void test_two_at_once(void)
{
    int failed = 0, status;
    for (int child = 0; child < 4; child++)
        if (fork() == 0) {
            bool good = true;
            for (int i = 0; good && i < 30; i++) {
                struct digest digest;
                char *text = arena_printf(&arena, "shared %d", i);
                good = store_put(&store, text, strlen(text), &digest, &err) && store_verify(&store, &digest, &err);
            }
            _exit(good ? 0 : 1);
        }
    while (wait(&status) > 0)
        failed += status != 0;
    OK(failed == 0, "four processes put the same artifacts at once");
    OK(entries("new") == 0, "and leave nothing behind");
}

static void test_leftovers(void)
{
    char *old = path_join(&arena, store.root, "new/old"), *fresh = path_join(&arena, store.root, "new/fresh");
    struct utimbuf yesterday = {0, 0};
    yesterday.actime = yesterday.modtime = time(NULL) - 2 * 24 * 60 * 60;
    OK(file_write(old, "x", 1, &err) && file_write(fresh, "x", 1, &err) && utime(old, &yesterday) == 0,
       "files that killed processes left");
    OK(store_open(&store, &arena, store.root, &err) && !file_exists(old) && file_exists(fresh),
       "an old one is removed, a fresh one may be somebody's");
}

int main(void)
{
    char folder[] = "/tmp/store_test.XXXXXX";
    arena_init(&arena);
    if (mkdtemp(folder) == NULL || !store_open(&store, &arena, path_join(&arena, folder, "store"), &err))
        return 1;
    test_put();
    test_files();
    test_damage();
    test_cut_short();
    test_two_at_once();
    test_unreadable();
    test_leftovers();
    OK(store_works(&store, &err), "a store that works");
    OK(folder_remove(path_join(&arena, store.root, "new"), &err) && !store_works(&store, &err), "and one that is gone");
    OK(!store_open(&store, &arena, "/proc/none", &err), "a store that cannot be made");
    SAME(arena_strndup(&arena, err.text, 17), "store /proc/none:", "is told");
    OK(folder_remove(folder, &err), "the end");
    arena_release(&arena);
    return DONE();
}
