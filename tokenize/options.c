/* options: what of a definition belongs to tokenizing. */
#include "tokenize/tokenize.h"

#include <unicode/uchar.h>

static const struct option learn_options[] = {
    {.path = "type",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct learn, type),
     .initial = "bpe",
     .choices = "bpe",
     .help = "bpe: byte-level BPE with GPT-2 words; any bytes are encoded and decoded exactly"},
    {.path = "vocabulary",
     .type = OPTION_INT,
     .offset = offsetof(struct learn, vocabulary),
     .initial = "8000",
     .min = 258,
     .max = 1000000,
     .help = "tokens to learn: 256 bytes, <|endoftext|> and merges"},
    {.path = "min_frequency",
     .type = OPTION_INT,
     .offset = offsetof(struct learn, min_frequency),
     .initial = "2",
     .min = 1,
     .max = 1e9,
     .help = "how often a pair must occur to be merged"},
    {.path = "max_token_length",
     .type = OPTION_INT,
     .offset = offsetof(struct learn, max_token_length),
     .initial = "0",
     .min = 0,
     .max = 1000,
     .help = "longest token that a merge may make, in bytes; 0: any"},
    {.type = OPTION_END},
};

static const struct section learn_section = {.path = "tokenize.learn",
                                             .help = "how the tokenizer is learned",
                                             .size = sizeof(struct learn),
                                             .options = learn_options};

static const struct section *const sections[] = {&learn_section, NULL};

static const struct kind kinds[] = {
    {.name = "tokenize.learn", .revision = 1, .section = &learn_section, .facts = "unicode " U_UNICODE_VERSION},
    {.name = "tokenize.encode", .revision = 1, .facts = "unicode " U_UNICODE_VERSION},
    {.name = NULL},
};

const struct stage_info tokenize_info = {
    .name = "tokenize", .summary = "Learns tokenizers and encodes clean shards", .kinds = kinds, .sections = sections};
