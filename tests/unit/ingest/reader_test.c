#include "tests/unit/ingest/room.h"

/* tests/data/ingest/make.py says what the files hold. */
static const struct {
    const char *uri;
    size_t n;
    const char *charset, *text;
} good[] = {
    {"windows-1252.txt", 0, "windows-1252", "Die Größe der Straße – „schön“ und übersichtlich – kostet 3 €.\n"},
    {"gb18030.txt", 0, "gb18030", "潮汐磨坊每当潮水来时磨粉，而且不要钱。这是一个关于语言模型的测试。\n"},
    {"shift_jis.html", 0, "shift_jis", "<html><head><meta http-equiv=\"Content-Type\""},
    {"koi8-r.txt", 0, "koi8-r", "Приливная мельница мелет зерно, когда приходит прилив.\n"},
    {"euc-jp.xhtml", 0, "euc-jp", "<?xml version=\"1.0\" encoding='EUC-JP'?><p>潮汐の水車小屋は"},
    {"utf-16le.txt", 0, "utf-16le", "Die Größe der Straße"},
    {"utf-16be.csv", 0, "utf-8", "潮"},
    {"utf-8-bom.txt", 0, "utf-8", "Die Größe der Straße"},
    {"utf-8-wrong.html", 0, "utf-8", "<meta charset=utf-8><p>good text "},
    {"members.txt.gz", 0, "utf-8", "first member\nsecond member\n"},
    {"lines.jsonl.zst", 0, "utf-8", "one"},
    {"lines.jsonl.zst", 1, "utf-8", "two"},
    {"page.html.xz", 0, "utf-8", "<p>packed page</p>"},
    {"main_Packages.lz4", 0, "utf-8", "tide - mill that grinds\nIt grinds grain.\n\nWhenever the tide comes in."},
    {"main_Packages.lz4", 1, "utf-8", "mill - the other one"},
    {"main_Packages.lz4", 2, "utf-8", "tide - the same name again"},
    {"table.csv", 0, "utf-8", "a \"quoted\" text,\r\nof two lines"},
    {"table.csv", 1, "utf-8", "plain"},
    {"table.csv", 2, "utf-8", "last"},
    {"unclosed.csv", 0, "utf-8", "fine"},
    {"tab.tsv", 0, "utf-8", "a \"quote\" stays"},
    {"faulty.jsonl", 0, "utf-8", "a good line"},
};

static const struct {
    const char *uri, *error;
} faults[] = {
    {"broken.html.gz", "gzip: ends too early"},
    {"truncated.html.gz", "gzip: ends too early"},
    {"trailing.txt.gz", "gzip: damaged: incorrect header check"},
    {"bomb.txt.gz", "unpacks to more than 1000000 bytes"},
    {"main_Packages.lz4", "line 13: the paragraph has no Package and Description; line 16: a line is no field: \"Name: "
                          "value\" is wanted (2 of 5 records left out)"},
    {"table.csv", "line 5: has 4 fields, the header 3; line 6: text follows a closing quotation mark (2 of 5 records "
                  "left out)"},
    {"unclosed.csv", "line 3: a quotation mark is not closed (1 of 2 records left out)"},
    {"no-text.csv", "the header has no column \"text\"; say with `columns:` which column is text"},
    {"nested.jsonl", "line 1: field \"text\" is missing; line 2: field \"text\" is missing; line 3: field \"text\" is "
                     "missing (3 of 3 records left out)"},
    {"faulty.jsonl",
     "line 2: is no JSON object; line 3: field \"text\" is missing; line 4: field \"text\" is not a text; line 5: byte "
     "25: half of a surrogate pair stands alone; line 6: byte 30: a string is not valid UTF-8 (7 of 9 records left "
     "out)"},
    {"make.py", "its name does not tell its format; say it with `format:`, or leave the file out with `exclude:`"},
};

static void test_files(void)
{
    struct room room;
    struct task *read;
    static const char *patterns[] = {"tests/data/ingest/*"};
    room_open(&room);
    room.source.files = (struct texts){patterns, 1};
    room.source.max_bytes = 1000000;
    struct documents all = room_run(&room, &read);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        const struct document *document = room_find(&all, good[i].uri, good[i].n);
        if (!OK(document != NULL, "%s is read", good[i].uri))
            continue;
        SAME(document_get(document, "charset"), good[i].charset, "its charset");
        size_t len = strlen(good[i].text);
        SAME(arena_strndup(&room.arena, document->text, document->bytes < len ? document->bytes : len), good[i].text,
             "its text");
    }
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        SAME(room_error(read, faults[i].uri), faults[i].error, faults[i].uri);
    SAME(document_get(room_find(&all, "utf-8-wrong.html", 0), "undecoded"), "3", "wrong bytes are counted");
    OK(strstr(room_find(&all, "utf-8-wrong.html", 0)->text, "bad \xEF\xBF\xBD\xEF\xBF\xBD end") != NULL,
       "and replaced");
    const struct document *nul = room_find(&all, "faulty.jsonl", 1);
    OK(nul != NULL && nul->bytes == 13 && memcmp(nul->text, "nul \0 is text", 13) == 0, "a text may hold a NUL");
    const struct document *first = room_find(&all, "main_Packages.lz4", 0),
                          *third = room_find(&all, "main_Packages.lz4", 2);
    SAME(document_get(first, "key"), "tide", "a package's name is its key");
    SAME(document_get(third, "ordinal"), "1", "a name that comes again has an ordinal");
    OK(strcmp(first->id, third->id) != 0, "and an id of its own");
    room_close(&room);
}

static void test_mapping(void)
{
    struct room room;
    struct task *read;
    struct pair fields[] = {{"id", "ticket.number"}, {"text", "body"}, {"label", "ticket.tags.1"}};
    static const char *patterns[] = {"tests/data/ingest/nested.jsonl"};
    room_open(&room);
    room.source.files = (struct texts){patterns, 1};
    room.source.fields = (struct pairs){fields, 3};
    struct documents all = room_run(&room, &read);
    const struct document *document = room_find(&all, "nested.jsonl", 0);
    OK(all.count == 2, "two of three lines: %zu", all.count);
    SAME(document->text, "dotted", "a field by another name");
    SAME(document_get(document, "key"), "7", "a field of a field");
    SAME(document_get(document, "label"), "urgent", "an element of a list");
    SAME(document_get(&all.item[1], "ordinal"), "1", "without a key the position tells");
    SAME(room_error(read, "nested.jsonl"),
         "line 3: field \"ticket.number\" is an object or a list; a path may lead into it (1 of 3 records left out)",
         "what is no value is told");
    struct pair columns[] = {{"text", "text"}, {"label", "kind"}};
    static const char *tables[] = {"tests/data/ingest/table.csv"};
    room.source.files = (struct texts){tables, 1};
    room.source.fields.count = 0;
    room.source.columns = (struct pairs){columns, 2};
    all = room_run(&room, &read);
    SAME(document_get(&all.item[1], "label"), "y", "a column by another name");
    OK(document_get(&all.item[2], "label") == NULL, "an empty one is none");
    columns[1].value = "absent";
    all = room_run(&room, &read);
    SAME(room_error(read, "table.csv"),
         "the header has no column \"absent\"; say with `columns:` which column is label", "an absent one is told");
    room_close(&room);
}

int main(void)
{
    test_files();
    test_mapping();
    return DONE();
}
