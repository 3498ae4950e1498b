#include "lib/base/file.h"
#include "lib/base/process.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <unistd.h>

static void test_run(const char *log)
{
    struct err err = {0};
    const char *good[] = {"sh", "-c", "echo said", NULL}, *bad[] = {"sh", "-c", "echo why >&2; exit 3", NULL};
    const char *none[] = {"no-such-program", NULL};
    OK(process_run(good, log, &err), "a program is run");
    OK(!process_run(bad, log, &err), "one that fails is an error");
    SAME(err.text, "sh ended with status 3\nsaid\nwhy", "that says how, with the end of its log");
    OK(!process_run(none, log, &err), "so is one that is not there");
    SAME(err.text, "cannot start no-such-program: No such file or directory", "by its name");
}

static void test_tail(const char *log)
{
    struct arena arena;
    struct err err;
    char text[4000];
    arena_init(&arena);
    SAME(process_log_tail(&arena, log, 2), "", "a log that is not there ends in nothing");
    memset(text, 'x', sizeof text);
    memcpy(text + sizeof text - 11, "\none\ntwo\n\n\n", 11);
    OK(file_write(log, text, sizeof text, &err), "a long log");
    SAME(process_log_tail(&arena, log, 1), "two", "its last line");
    SAME(process_log_tail(&arena, log, 2), "one\ntwo", "its last two");
    OK(strlen(process_log_tail(&arena, log, 9)) == 1500 - 3, "of a longer line the end");
    OK(file_write(log, "\n\n", 2, &err), "a log of empty lines");
    SAME(process_log_tail(&arena, log, 1), "", "ends in nothing, too");
    unlink(log);
    arena_release(&arena);
}

static void test_service(const char *file)
{
    struct err err = {0};
    const char *argv[] = {"sleep", "60", NULL},
               *deaf[] = {"sh", "-c", "trap '' TERM; while :; do sleep 0.1; done", NULL};
    OK(process_remembered(file) == 0, "what was never started does not run");
    OK(process_serve(argv, NULL, file, &err), "a service is started");
    OK(process_remembered(file) > 0, "and found again");
    process_end(file, 5000);
    OK(process_remembered(file) == 0 && !file_exists(file), "and ended");
    OK(process_serve(deaf, NULL, file, &err), "one that hears nothing");
    process_end(file, 100);
    OK(process_remembered(file) == 0, "is killed");
    char other[32];
    int len = snprintf(other, sizeof other, "%d\n12345\n", (int)getpid());
    OK(file_write(file, other, (size_t)len, &err) && process_remembered(file) == 0,
       "a pid that is another's by now is not it");
}

static void test_unknown_service(const char *folder, const char *marker)
{
    struct arena arena;
    struct err err = {0};
    const char *argv[] = {"touch", marker, NULL}, *none[] = {"no-such-program", NULL};
    arena_init(&arena);
    OK(!process_serve(argv, NULL, path_join(&arena, folder, "no/folder/pid"), &err), "one that cannot be remembered");
    OK(!file_exists(marker), "is never begun");
    OK(!process_serve(none, NULL, path_join(&arena, folder, "pid"), &err), "one that is not there is an error");
    SAME(err.text, "cannot start no-such-program: No such file or directory", "by its name");
    OK(process_remembered(path_join(&arena, folder, "pid")) == 0, "and does not run");
    arena_release(&arena);
}

int main(void)
{
    struct arena arena;
    char folder[] = "/tmp/process_test.XXXXXX";
    struct err err = {0};
    arena_init(&arena);
    if (mkdtemp(folder) == NULL)
        return 1;
    test_run(path_join(&arena, folder, "log"));
    test_tail(path_join(&arena, folder, "tail"));
    test_service(path_join(&arena, folder, "pid"));
    test_unknown_service(folder, path_join(&arena, folder, "marker"));
    OK(folder_remove(folder, &err), "cleaned up");
    arena_release(&arena);
    return DONE();
}
