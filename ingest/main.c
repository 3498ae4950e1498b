#include "ingest/ingest.h"

static const struct work works[] = {
    {"ingest.scan", ingest_scan},
    {"ingest.read", ingest_read},
    {NULL, NULL},
};

static const struct stage stage = {&ingest_info, works};

int main(int argc, char **argv)
{
    return stage_main(&stage, argc, argv);
}
