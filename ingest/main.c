/* tidemill-ingest: lists the items of sources, and reads those that are new into raw shards of documents. */
#include "ingest/ingest.h"

static const struct work works[] = {{"ingest.scan", ingest_scan}, {"ingest.read", ingest_read}, {NULL, NULL}};
static const struct stage stage = {.info = &ingest_info, .works = works};

int main(int argc, char **argv)
{
    return stage_main(&stage, argc, argv);
}
