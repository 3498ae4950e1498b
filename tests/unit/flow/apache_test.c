#include "lib/base/file.h"
#include "lib/flow/apache.h"
#include "tests/unit/tap.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int listen_on(int port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    return bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 1) == 0 ? fd : -1;
}

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
        OK(apache_start(&arena, state, jars, &bootstrap, &err), "with them it starts and answers");
        OK(apache_start(&arena, state, jars, &again, &err), "and is found again");
        SAME(again, bootstrap, "at the same address");
        SAME(apache_address(&arena, state), bootstrap, "which others can ask for");
        apache_stop(state);
        OK(apache_address(&arena, state) == NULL, "it stops");
        int squatter = listen_on((int)strtol(strchr(bootstrap, ':') + 1, NULL, 10));
        OK(squatter >= 0, "somebody else takes its port");
        OK(apache_start(&arena, state, jars, &again, &err), "it starts all the same");
        OK(strcmp(again, bootstrap) != 0, "at another one");
        apache_stop(state);
        close(squatter);
    }
    OK(folder_remove(state, &err), "cleaned up");
    arena_release(&arena);
    return DONE();
}
