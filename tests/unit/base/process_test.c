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
    SAME(err.text, "sh ended with status 3\nsaid\nwhy\n", "that says how, with the end of its log");
    OK(!process_run(none, log, &err), "so is one that is not there");
    SAME(err.text, "cannot start no-such-program: No such file or directory", "by its name");
}

static void test_service(const char *file)
{
    struct err err = {0};
    const char *argv[] = {"sleep", "60", NULL},
               *deaf[] = {"sh", "-c", "trap '' TERM; while :; do sleep 0.1; done", NULL};
    pid_t pid = 0;
    OK(process_remembered(file) == 0, "what was never started does not run");
    OK(process_start(argv, NULL, true, &pid, &err) && process_remember(file, pid, &err), "a service is started");
    OK(process_remembered(file) == pid, "and found again");
    process_end(file, 5000);
    OK(process_remembered(file) == 0 && !file_exists(file), "and ended");
    OK(process_start(deaf, NULL, true, &pid, &err) && process_remember(file, pid, &err), "one that hears nothing");
    process_end(file, 100);
    OK(process_remembered(file) == 0, "is killed");
    char other[32];
    int len = snprintf(other, sizeof other, "%d\n12345\n", (int)getpid());
    OK(file_write(file, other, (size_t)len, &err) && process_remembered(file) == 0,
       "a pid that is another's by now is not it");
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
    test_service(path_join(&arena, folder, "pid"));
    OK(folder_remove(folder, &err), "cleaned up");
    arena_release(&arena);
    return DONE();
}
