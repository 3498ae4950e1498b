/* options: what of a definition belongs to ingesting. What only says which files to look for is inert: a shard depends
 * on the items of its batch, not on how they were found. */
#include "ingest/ingest.h"

#define FIELD(name) offsetof(struct source, name)

static const struct option source_options[] = {
    {.path = "name",
     .type = OPTION_TEXT,
     .offset = FIELD(name),
     .help = "the source's name; part of every document's id"},
    {.path = "type",
     .type = OPTION_CHOICE,
     .offset = FIELD(type),
     .initial = "files",
     .choices = "files",
     .inert = true,
     .help = "files: what the globs find on this machine"},
    {.path = "files",
     .type = OPTION_TEXTS,
     .offset = FIELD(files),
     .inert = true,
     .help = "globs; ** stands for any folders; each may end in .gz, .xz, .zst or .lz4"},
    {.path = "exclude",
     .type = OPTION_TEXTS,
     .offset = FIELD(exclude),
     .initial = "",
     .inert = true,
     .help = "globs of files to leave out"},
    {.path = "format",
     .type = OPTION_CHOICE,
     .offset = FIELD(format),
     .initial = "auto",
     .choices = "auto|text|html|jsonl|csv|tsv|deb822",
     .help = "auto: by the file's name; deb822: a Debian package index"},
    {.path = "fields",
     .type = OPTION_MAP,
     .offset = FIELD(fields),
     .initial = "",
     .help = "of jsonl: {id, text, label, target, created: name of the member; a.b for a member of a member}"},
    {.path = "columns",
     .type = OPTION_MAP,
     .offset = FIELD(columns),
     .initial = "",
     .help = "of csv and tsv: {id, text, label, target, created: name in the first row}"},
    {.path = "licence",
     .type = OPTION_TEXT,
     .offset = FIELD(licence),
     .initial = "",
     .help = "kept with every document"},
    {.path = "basis",
     .type = OPTION_TEXT,
     .offset = FIELD(basis),
     .initial = "",
     .inert = true,
     .help = "why the data may be used: contract, consent, public"},
    {.path = "charset",
     .type = OPTION_TEXT,
     .offset = FIELD(charset),
     .initial = "",
     .help = "of files that declare none; else it is detected"},
    {.path = "max_bytes",
     .type = OPTION_BYTES,
     .offset = FIELD(max_bytes),
     .initial = "256 MB",
     .min = 1,
     .max = 1e9,
     .help = "a larger file (unpacked) is not read, and recorded so"},
    {.path = "shard_bytes",
     .type = OPTION_BYTES,
     .offset = FIELD(shard_bytes),
     .initial = "2 MiB",
     .min = 4096,
     .max = 5e8,
     .help = "about how large a raw shard is; smaller ones redo less and cost more"},
    {.type = OPTION_END},
};

static const struct section source_section = {.path = "ingest.sources[]",
                                              .help = "where documents come from",
                                              .size = sizeof(struct source),
                                              .options = source_options};

static const struct section *const sections[] = {&source_section, NULL};

static const struct kind kinds[] = {
    {.name = "ingest.scan", .revision = 1, .section = &source_section},
    {.name = "ingest.read", .revision = 1, .section = &source_section},
    {.name = NULL},
};

const struct stage_info ingest_info = {
    .name = "ingest", .summary = "Reads sources into raw shards of documents", .kinds = kinds, .sections = sections};
