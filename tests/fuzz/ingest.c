/*
 * ingest: files changed at random, read in every format, under sanitizers. Build it with SAN=address,undefined:
 *
 *   ingest SECONDS SEED FILE...
 *
 * Each round takes a file, packed or not, cuts, repeats and overwrites parts of it, and reads it as what its name says
 * or as another format. Every document that comes out must be valid UTF-8 and come back from a shard's line as it was,
 * and reading must not take long. The seed is printed where it is not so.
 */
#include "ingest/reader.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/text/document_line.h"
#include "lib/text/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

static size_t draw(size_t limit)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return limit == 0 ? 0 : (size_t)(state >> 33) % limit;
}

static void put(struct buf *file, size_t at, const char *piece, size_t len)
{
    buf_reserve(file, len);
    memmove(file->data + at + len, file->data + at, file->len - at);
    memcpy(file->data + at, piece, len);
    file->len += len;
}

static void change(struct buf *file)
{
    static const char *const piece[] = {"\"",
                                        "\n",
                                        "\r\n",
                                        ",",
                                        "{",
                                        "[",
                                        "}",
                                        "\\u0000",
                                        "\\ud800",
                                        "\xff",
                                        "\xfe\xff",
                                        "\xef\xbb\xbf",
                                        "\t",
                                        ":",
                                        " ",
                                        "\n\n",
                                        "Package: x",
                                        "<meta charset=utf-7>",
                                        "<?xml encoding=",
                                        "null",
                                        "\x1f\x8b",
                                        "1e",
                                        "\x1b$B"};
    size_t at = draw(file->len + 1), count = draw(40);
    switch (draw(4)) {
    case 0: /* leave a part out */
        count = count < file->len - at ? count : file->len - at;
        memmove(file->data + at, file->data + at + count, file->len - at - count);
        file->len -= count;
        break;
    case 1:
        for (size_t times = draw(50) == 0 ? draw(2000) : 1, which = draw(sizeof piece / sizeof *piece); times > 0;
             times--)
            put(file, at, piece[which], strlen(piece[which]));
        break;
    case 2: /* overwrite */
        for (size_t i = at; i < file->len && i < at + count; i++)
            file->data[i] = (char)draw(256);
        break;
    default: /* cut off */
        if (draw(10) == 0)
            file->len = at;
    }
    file->data[file->len] = '\0';
}

struct round {
    struct arena *arena;
    bool sound;
};

static bool check(void *context, struct document *document, struct err *err)
{
    struct round *round = context;
    struct buf line;
    struct document again;
    buf_init(&line, round->arena);
    document_line_write(&line, document);
    round->sound = round->sound && utf8_valid(line.data, line.len) &&
                   document_line_read(round->arena, line.data, line.len - 1, &again, err) &&
                   again.bytes == document->bytes && memcmp(again.text, document->text, again.bytes) == 0 &&
                   again.meta_count == document->meta_count;
    return true;
}

static bool round_passes(struct ingest_source *source, const char *path, const struct buf *original)
{
    struct arena arena;
    struct buf file;
    struct err err;
    arena_init(&arena);
    buf_init(&file, &arena);
    buf_add(&file, original->data, original->len);
    for (size_t changes = draw(20); changes > 0; changes--)
        change(&file);
    static struct pair fields[] = {{"id", "id"}, {"text", "more.deep.0"}, {"label", "ticket"}};
    source->fields = (struct pairs){fields, draw(4)};
    source->format = draw(3) == 0 ? (int64_t)draw(FORMAT_PACKAGES + 1) : FORMAT_AUTO;
    struct round round = {&arena, true};
    struct item item = {.uri = path_name(path), .path = path};
    struct reader reader = {.source = source, .item = &item, .arena = &arena, .record = &arena, .emit = check};
    reader.context = &round;
    buf_init(&reader.said, &arena);
    int64_t start = clock_mono_ns();
    bool read = reader_read(&reader, file.data, file.len, &err);
    bool passes = round.sound && (read || err.code == ERR_INPUT) && clock_seconds_since(start) < 2;
    if (!passes)
        printf("%s, format %d: %s\n", path, (int)source->format, read ? "a document is not sound" : err.text);
    arena_release(&arena);
    return passes;
}

int main(int argc, char **argv)
{
    struct arena arena;
    struct ingest_source source;
    struct err err;
    int64_t start = clock_mono_ns(), rounds = 0;
    arena_init(&arena);
    if (argc < 4)
        return 2;
    option_defaults(ingest_info.sections[0], &arena, &source);
    source.name = "fuzz";
    source.max_bytes = 4 << 20;
    struct buf *file = ARENA_ARRAY(&arena, struct buf, (size_t)argc - 3);
    for (int i = 3; i < argc; i++)
        if (!file_read(&arena, argv[i], &file[i - 3], &err)) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
    state = strtoull(argv[2], NULL, 10);
    for (; clock_seconds_since(start) < atof(argv[1]); rounds++) {
        uint64_t seed = state;
        size_t which = draw((size_t)argc - 3);
        if (!round_passes(&source, argv[3 + which], &file[which])) {
            printf("fails with seed %llu\n", (unsigned long long)seed);
            return 1;
        }
    }
    printf("%lld rounds\n", (long long)rounds);
    arena_release(&arena);
    return 0;
}
