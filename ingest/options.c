/* options: what a definition may say of a source, in its section "ingest.sources[]". */
#include "ingest/ingest.h"

#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/uvernum.h>
#include <zstd.h>

static bool check_name(const char *value, struct err *err)
{
    if (*value != '\0' && value[strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-_.")] == '\0')
        return true;
    return err_set(err, ERR_DEFINITION, "\"%s\" is not a name; use lower-case letters, digits, '-', '_' and '.'",
                   value);
}

static bool check_charset(const char *value, struct err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    if (*value == '\0')
        return true;
    UConverter *converter = ucnv_open(value, &status);
    if (U_FAILURE(status))
        return err_set(err, ERR_DEFINITION,
                       "\"%s\" is not a charset; use its IANA name, as in UTF-8, windows-1252 or Shift_JIS", value);
    ucnv_close(converter);
    return true;
}

/* Workers work in the folder in which they were started, which another run may have done. */
static bool check_pattern(const char *value, struct err *err)
{
    if (*value == '\0')
        return err_set(err, ERR_DEFINITION, "a pattern is empty; write the path of files");
    return *value == '/' ||
           err_set(err, ERR_DEFINITION,
                   "\"%s\" does not begin with /: write the whole path, as workers may work in another folder", value);
}

static bool check_content_type(const char *value, struct err *err)
{
    if (*value == '\0' || strchr(value, '/') != NULL)
        return true;
    return err_set(err, ERR_DEFINITION, "\"%s\" is not a content type; write it like text/html", value);
}

/* What ingest itself says of a document is not for others to say. */
static bool check_keys(const struct pairs *pairs, const char *option, struct err *err)
{
    static const char *const ours[] = {"uri", "ordinal", "key", "digest", "charset", "undecoded", "split"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (pairs_get(pairs, ours[i]) != NULL)
            return err_set(err, ERR_DEFINITION, "%s.%s: this name is taken; choose another", option, ours[i]);
    return true;
}

static bool check_source(void *config, struct err *err)
{
    const struct ingest_source *source = config;
    if (!check_keys(&source->fields, "fields", err) || !check_keys(&source->columns, "columns", err))
        return false;
    if (source->fields.count > 0 && source->columns.count > 0)
        return err_set(err, ERR_DEFINITION,
                       "fields and columns: give fields for JSON Lines and package indexes, "
                       "columns for tables; not both");
    return source->document_bytes <= source->max_bytes ||
           err_set(err, ERR_DEFINITION, "document_bytes is over max_bytes: no document could be as large");
}

#define FIELD(name) offsetof(struct ingest_source, name)

static const struct option options[] = {
    {.path = "name",
     .type = OPTION_TEXT,
     .offset = FIELD(name),
     .check = check_name,
     .help = "the source's name in the ledger; part of its documents' identity"},
    {.path = "type",
     .type = OPTION_CHOICE,
     .offset = FIELD(type),
     .initial = "files",
     .choices = "files",
     .inert = true,
     .help = "where the items come from"},
    {.path = "files",
     .type = OPTION_TEXTS,
     .offset = FIELD(files),
     .inert = true,
     .check = check_pattern,
     .help = "whole paths; *, ? and [] match within a name, ** any folders between"},
    {.path = "exclude",
     .type = OPTION_TEXTS,
     .offset = FIELD(exclude),
     .initial = "",
     .inert = true,
     .help = "files to leave out: patterns below the folder that all `files` share"},
    {.path = "format",
     .type = OPTION_CHOICE,
     .offset = FIELD(format),
     .initial = "auto",
     .choices = "auto|text|markdown|html|jsonl|csv|tsv|debian-packages",
     .help = "auto: by file name (.txt .md .html .jsonl .csv .tsv, Packages; each also .gz .xz .zst .lz4)"},
    {.path = "fields",
     .type = OPTION_MAP,
     .offset = FIELD(fields),
     .initial = "",
     .help = "our names and theirs, for JSON Lines and package indexes: {id: ticket.number, text: body, label: kind}"},
    {.path = "columns",
     .type = OPTION_MAP,
     .offset = FIELD(columns),
     .initial = "",
     .help = "our names and theirs, for tables, by their header: {id: ticket, text: body, label: kind}"},
    {.path = "content_type",
     .type = OPTION_TEXT,
     .offset = FIELD(content_type),
     .initial = "",
     .check = check_content_type,
     .help = "of the texts, where the format does not say it: text/html for pages within JSON Lines"},
    {.path = "charset",
     .type = OPTION_TEXT,
     .offset = FIELD(charset),
     .initial = "",
     .check = check_charset,
     .help = "of the files, where it is known better than they say; else BOM, declaration, detection"},
    {.path = "licence",
     .type = OPTION_TEXT,
     .offset = FIELD(licence),
     .initial = "",
     .help = "under which the texts may be used; kept with every document"},
    {.path = "basis",
     .type = OPTION_TEXT,
     .offset = FIELD(basis),
     .initial = "",
     .inert = true,
     .help = "why we may use them: contract, consent, public ..."},
    {.path = "price",
     .type = OPTION_MONEY,
     .offset = FIELD(price),
     .initial = "",
     .inert = true,
     .help = "what the source's data cost"},
    {.path = "min_files",
     .type = OPTION_INT,
     .offset = FIELD(min_files),
     .initial = "1",
     .min = 0,
     .max = 1e12,
     .inert = true,
     .help = "with fewer files that can be read the run fails, as the folder may not be mounted; 0: it may be empty"},
    {.path = "max_bytes",
     .type = OPTION_BYTES,
     .offset = FIELD(max_bytes),
     .initial = "256 MB",
     .min = 1,
     .max = 1e12,
     .help = "a larger file, packed or unpacked, is not read; files are in memory while they are"},
    {.path = "document_bytes",
     .type = OPTION_BYTES,
     .offset = FIELD(document_bytes),
     .initial = "64 MB",
     .min = 1,
     .max = 1e9,
     .help = "a larger document is left out"},
    {.path = "shard_bytes",
     .type = OPTION_BYTES,
     .offset = FIELD(shard_bytes),
     .initial = "2 MiB",
     .min = 1024,
     .max = 1e9,
     .help = "about how much text goes into one shard; shards are cut where the content says so"},
    {.type = OPTION_END}};

static const struct section source_section = {
    .path = "ingest.sources[]",
    .help = "where documents come from",
    .size = sizeof(struct ingest_source),
    .options = options,
    .check = check_source,
};

/* Charset converters and the compressor decide about the bytes of a shard. */
#define FACTS "icu " U_ICU_VERSION ", zstd " ZSTD_VERSION_STRING ", uchardet 0.0"

static const struct kind kinds[] = {
    {.name = "ingest.scan", .revision = 1, .section = &source_section},
    {.name = "ingest.read", .revision = 2, .section = &source_section, .facts = FACTS},
    {.name = NULL},
};

static const struct section *const sections[] = {&source_section, NULL};

const struct stage_info ingest_info = {.name = "ingest",
                                       .summary =
                                           "lists what the sources hold and reads what is new into shards of documents",
                                       .kinds = kinds,
                                       .sections = sections};
