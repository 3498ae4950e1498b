/* tidemill-clean: cleans shards of documents and finds what repeats. */
#include "clean/clean.h"

static const struct work works[] = {{"clean.shard", clean_shard}, {"clean.dedup", clean_dedup}, {NULL, NULL}};
static const struct stage stage = {.info = &clean_info, .works = works};

int main(int argc, char **argv)
{
    return stage_main(&stage, argc, argv);
}
