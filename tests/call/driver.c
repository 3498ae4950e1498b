/*
 * driver: one layer of lib/ at work, for tests/call/run: driver LAYER FOLDER. Prints `done DIGEST` of what it made, or
 * `error CODE: text`, and ends with the error's status. Run again on the same state it makes the same bytes. `driver
 * start FOLDER` and `driver stop FOLDER`: a private cluster for the layers that need one.
 */
#include "lib/ledger/cluster.h"
#include "tests/call/layer.h"

#include <stdio.h>
#include <string.h>

static const struct layer *const rooms[] = {base_layers, ledger_layers};

static int work(const struct layer *layer, const char *folder)
{
    struct arena arena;
    struct err err = {.text = "nothing was said"};
    struct digest_stream made;
    char hex[DIGEST_HEX];
    arena_init(&arena);
    digest_begin(&made);
    bool good = layer->work(&arena, folder, &made, &err);
    struct digest digest = digest_end(&made);
    digest_hex(&digest, hex);
    arena_release(&arena);
    if (good)
        printf("done %s\n", hex);
    else
        printf("error %s: %s\n", err_name(err.code), err.text);
    return good ? 0 : err_status(err.code);
}

/* The private cluster that the layers of the ledger use: prints how to reach it. */
static int cluster(bool start, const char *state)
{
    struct arena arena;
    struct err err;
    const char *conninfo = "";
    arena_init(&arena);
    bool good = start ? cluster_start(&arena, state, &conninfo, &err) : cluster_stop(state, &err);
    printf("%s\n", good ? conninfo : err.text);
    arena_release(&arena);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 3 && (strcmp(argv[1], "start") == 0 || strcmp(argv[1], "stop") == 0))
        return cluster(strcmp(argv[1], "start") == 0, argv[2]);
    for (size_t i = 0; argc == 3 && i < sizeof rooms / sizeof *rooms; i++)
        for (const struct layer *layer = rooms[i]; layer->name != NULL; layer++)
            if (strcmp(argv[1], layer->name) == 0)
                return work(layer, argv[2]);
    fprintf(stderr, "driver LAYER FOLDER\n");
    return 2;
}
