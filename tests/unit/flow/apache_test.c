#include "lib/base/file.h"
#include "lib/flow/apache.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

int main(void)
{
    struct arena arena;
    struct err err = {0};
    const char *bootstrap = NULL, *again = NULL;
    char state[] = "/tmp/apache_test.XXXXXX";
    arena_init(&arena);
    if (mkdtemp(state) == NULL)
        return 1;
    OK(!apache_start(&arena, state, "/nowhere/libs", &bootstrap, &err), "without its jars it cannot start");
    SAME(err.text, "kafka: apache: its jars are not in /nowhere/libs; run: make apache-kafka",
         "and says how to get them");
    OK(apache_address(&arena, state) == NULL, "it does not run");

    const char *build = getenv("BUILD"), *jars = getenv("TIDEMILL_KAFKA_JARS");
    if (jars == NULL)
        jars = path_join(&arena, build == NULL ? "build" : build, "apache-kafka/libs");
    if (!file_exists(jars)) {
        printf("ok %d # skip the jars are not here (make apache-kafka)\n", ++tap_count);
    } else {
        OK(apache_start(&arena, state, jars, &bootstrap, &err), "with them it starts and answers: %s", err.text);
        OK(apache_start(&arena, state, jars, &again, &err), "and is found again");
        SAME(again, bootstrap, "at the same address");
        SAME(apache_address(&arena, state), bootstrap, "which others can ask for");
        apache_stop(state);
        OK(apache_address(&arena, state) == NULL, "it stops");
    }
    OK(folder_remove(state, &err), "cleaned up");
    arena_release(&arena);
    return DONE();
}
