#include "tests/unit/ingest/room.h"

#define PUT(room, name, text) room_put(room, name, text, sizeof(text) - 1)

static const char *text_of(const struct documents *all, const char *uri, size_t n)
{
    const struct document *document = room_find(all, uri, n);
    return document == NULL ? NULL : document->text;
}

int main(void)
{
    struct room room;
    struct task *read;
    room_open(&room);
    room_files(&room, "**/*");
    PUT(&room, "a/page.html", "<html><head><meta charset=\"iso-8859-1\"></head><p>caf\xe9</p>");
    PUT(&room, "b.txt", "plain text\n");
    PUT(&room, "c.md", "# title\n");
    PUT(&room, "d.jsonl",
        "{\"id\": 1, \"text\": \"one\", \"label\": \"x\"}\nthis is no JSON\n\n{\"id\": 3}\n"
        "{\"text\": 5}\n{\"text\": \"two\\n\\u00e9\", \"created\": \"2026-01-02\"}\n");
    PUT(&room, "e.unknown", "what?");
    struct documents all = room_run(&room, &read);
    OK(all.count == 5, "five documents: %zu", all.count);
    SAME(text_of(&all, "a/page.html", 0), "<html><head><meta charset=\"iso-8859-1\"></head><p>caf\xc3\xa9</p>",
         "a page is decoded as it declares");
    const struct document *page = room_find(&all, "a/page.html", 0);
    SAME(document_get(page, "charset"), "windows-1252", "its charset is kept");
    SAME(document_get(page, "content_type"), "text/html", "and what it is");
    SAME(document_get(page, "licence"), "CC0", "and its licence");
    SAME(text_of(&all, "d.jsonl", 0), "one", "a record of JSON Lines");
    SAME(text_of(&all, "d.jsonl", 1), "two\n\xc3\xa9", "another, after faulty ones");
    SAME(room_find(&all, "d.jsonl", 1)->created, "2026-01-02", "with its date");
    SAME(document_get(room_find(&all, "d.jsonl", 0), "label"), "x", "a label");
    SAME(document_get(room_find(&all, "d.jsonl", 0), "key"), "1", "a key");
    SAME(room_error(read, "d.jsonl"),
         "line 2: is no JSON object; line 4: field \"text\" is missing; line 5: field \"text\" is not a text "
         "(3 of 5 records left out)",
         "faulty lines are told by number and reason");
    SAME(room_error(read, "e.unknown"),
         "its name does not tell its format; say it with `format:`, or leave the file out with `exclude:`",
         "a file of no known format is told");
    room_close(&room);
    return DONE();
}
