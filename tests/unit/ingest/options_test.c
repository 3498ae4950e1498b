#include "ingest/ingest.h"
#include "tests/unit/tap.h"

static struct arena arena;
static const struct section *section;
static struct ingest_source source;
static struct err err;

static const char *refusal(const char *path, const char *value)
{
    return option_set(option_find(section, path), &arena, &source, value, &err) ? NULL : err.text;
}

static const char *together(void)
{
    return section->check(&source, &err) ? NULL : err.text;
}

int main(void)
{
    arena_init(&arena);
    section = ingest_info.sections[0];
    option_defaults(section, &arena, &source);
    OK(together() == NULL && source.format == FORMAT_AUTO && source.max_bytes == 256000000, "defaults");
    OK(refusal("format", "debian-packages") == NULL && source.format == FORMAT_PACKAGES, "choices are in order");
    OK(refusal("format", "tsv") == NULL && source.format == FORMAT_TSV, "all of them");
    SAME(refusal("format", "jsnl"), "\"jsnl\" is not a choice; did you mean \"jsonl\"?", "a wrong format");
    SAME(refusal("name", "My Source"), "\"My Source\" is not a name; use lower-case letters, digits, '-', '_' and '.'",
         "a wrong name");
    SAME(refusal("charset", "utf-9"),
         "\"utf-9\" is not a charset; use its IANA name, as in UTF-8, windows-1252 or Shift_JIS", "a wrong charset");
    SAME(refusal("content_type", "html"), "\"html\" is not a content type; write it like text/html",
         "a wrong content type");
    struct pair text = {"text", "body"}, digest = {"digest", "sum"};
    source.fields = (struct pairs){&text, 1};
    source.columns = (struct pairs){&text, 1};
    SAME(together(), "fields and columns: give fields for JSON Lines and package indexes, columns for tables; not both",
         "both maps");
    source.columns = (struct pairs){&digest, 1};
    SAME(together(), "columns.digest: this name is taken; choose another", "a name of ours");
    source.columns.count = 0;
    source.document_bytes = source.max_bytes + 1;
    SAME(together(), "document_bytes is over max_bytes: no document could be as large", "limits that exclude all");
    const char *key = option_canonical(section, &arena, &source);
    OK(strstr(key, "\"files\"") == NULL && strstr(key, "\"exclude\"") == NULL && strstr(key, "\"licence\"") != NULL,
       "which files are looked for stays out of a task's key, what they become does not");
    arena_release(&arena);
    return DONE();
}
