/* tidemill-registry: the stage's one kind of task, and the commands of command.c. */
#include "lib/base/output.h"
#include "registry/registry.h"

static const struct work works[] = {{"registry.release", registry_release}, {NULL, NULL}};

static const struct stage stage = {.info = &registry_info, .works = works};

int main(int argc, char **argv)
{
    int status;
    output_open();
    if (registry_command(argc, argv, &status))
        return status;
    return stage_main(&stage, argc, argv);
}
