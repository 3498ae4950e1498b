/*
 * split: see the header. The id is hashed anew, so that what else is decided by it (where shards are cut) has no say
 * here. test takes the hashes from below, validation those from above: neither share moves the other's documents.
 */
#include "clean/split.h"

#include "lib/base/digest.h"

#include <string.h>

const char *split_of(const char *id, double validation, double test)
{
    static const uint64_t seed = 0x73706c6974;                                        /* "split" */
    double place = (double)(hash64(id, strlen(id), seed) >> 11) / 9007199254740992.0; /* 2^53: [0, 1) */
    if (place < test)
        return "test";
    return place >= 1 - validation ? "validation" : "train";
}
