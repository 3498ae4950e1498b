/*
 * document_line: see document_line.h. A strict reader of just this form: an object of texts, with one flat object
 * "metadata" of texts and numbers. Hand-written, as every byte of every dataset passes here several times.
 */
#include "lib/text/document_line.h"

#include <string.h>

struct line {
    const char *start, *p, *end;
    struct arena *arena;
    struct err *err;
};

static bool bad(struct line *line, const char *what)
{
    return err_set(line->err, ERR_INPUT, "column %zu: %s", (size_t)(line->p - line->start) + 1, what);
}

static void blanks(struct line *line)
{
    while (line->p < line->end && (*line->p == ' ' || *line->p == '\t' || *line->p == '\r'))
        line->p++;
}

static bool expect(struct line *line, char c)
{
    blanks(line);
    if (line->p == line->end || *line->p != c)
        return bad(line, c == '{'   ? "an object is expected"
                         : c == ':' ? "':' is expected"
                                    : "the JSON is not as it should be");
    line->p++;
    return true;
}

static bool four_digits(struct line *line, unsigned *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++, line->p++) {
        char c = line->p < line->end ? *line->p : '\0';
        if (c >= '0' && c <= '9')
            *code = *code * 16 + (unsigned)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            *code = *code * 16 + (unsigned)((c | 32) - 'a') + 10;
        else
            return bad(line, "\\u needs four hex digits");
    }
    return true;
}

static char *put_utf8(char *out, unsigned code)
{
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xC0 | code >> 6);
        *out++ = (char)(0x80 | (code & 63));
    } else if (code < 0x10000) {
        *out++ = (char)(0xE0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 63));
        *out++ = (char)(0x80 | (code & 63));
    } else {
        *out++ = (char)(0xF0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 63));
        *out++ = (char)(0x80 | (code >> 6 & 63));
        *out++ = (char)(0x80 | (code & 63));
    }
    return out;
}

/* After "\u": a code point, from two escapes where it is a surrogate pair. */
static bool unicode_escape(struct line *line, char **out)
{
    unsigned code, low;
    if (!four_digits(line, &code))
        return false;
    if (code >= 0xD800 && code < 0xDC00) {
        if (line->end - line->p < 6 || line->p[0] != '\\' || line->p[1] != 'u')
            return bad(line, "half a surrogate pair");
        line->p += 2;
        if (!four_digits(line, &low))
            return false;
        if (low < 0xDC00 || low > 0xDFFF)
            return bad(line, "half a surrogate pair");
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code < 0xE000) {
        return bad(line, "half a surrogate pair");
    }
    *out = put_utf8(*out, code);
    return true;
}

static bool escape(struct line *line, char **out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = line->p < line->end ? *line->p++ : '\0';
    const char *found = c == '\0' ? NULL : strchr(from, c);
    if (c == 'u')
        return unicode_escape(line, out);
    if (found == NULL)
        return bad(line, "an unknown escape");
    *(*out)++ = to[found - from];
    return true;
}

/* A text never gets longer by reading it, so one allocation holds it. */
static bool read_text(struct line *line, const char **text, size_t *bytes)
{
    if (!expect(line, '"'))
        return false;
    const char *run = line->p;
    const char *close = memchr(run, '"', (size_t)(line->end - run));
    size_t room = close == NULL ? 0 : (size_t)(close - run);
    while (close != NULL && close > run && close[-1] == '\\') { /* perhaps escaped: look on; room is only a bound */
        close = memchr(close + 1, '"', (size_t)(line->end - close - 1));
        room = close == NULL ? 0 : (size_t)(close - run);
    }
    char *out = arena_alloc(line->arena, (close == NULL ? (size_t)(line->end - run) : room) + 1), *begin = out;
    for (;;) {
        const char *plain = line->p;
        while (line->p < line->end && *line->p != '"' && *line->p != '\\' && (unsigned char)*line->p >= 0x20)
            line->p++;
        memcpy(out, plain, (size_t)(line->p - plain));
        out += line->p - plain;
        if (line->p == line->end)
            return bad(line, "the text does not end");
        char c = *line->p++;
        if (c == '"')
            break;
        if (c != '\\')
            return bad(line, "a control character in a text");
        if (!escape(line, &out))
            return false;
    }
    *out = '\0';
    *text = begin;
    if (bytes != NULL)
        *bytes = (size_t)(out - begin);
    return true;
}

static bool read_number(struct line *line, const char **text)
{
    const char *from = line->p;
    while (line->p < line->end && (strchr("+-.eE", *line->p) != NULL || (*line->p >= '0' && *line->p <= '9')) &&
           *line->p != '\0')
        line->p++;
    if (line->p == from || line->p - from > 40)
        return bad(line, "a text or a number is expected");
    *text = arena_strndup(line->arena, from, (size_t)(line->p - from));
    return true;
}

static bool read_meta(struct line *line, struct document *document)
{
    size_t capacity = 0;
    if (!expect(line, '{'))
        return false;
    blanks(line);
    if (line->p < line->end && *line->p == '}') {
        line->p++;
        return true;
    }
    for (;;) {
        struct document_meta meta = {NULL, NULL, false};
        if (!read_text(line, &meta.key, NULL) || !expect(line, ':'))
            return false;
        blanks(line);
        meta.number = line->p == line->end || *line->p != '"';
        if (!(meta.number ? read_number(line, &meta.value) : read_text(line, &meta.value, NULL)))
            return false;
        ARENA_PUSH(line->arena, document->meta, document->meta_count, capacity);
        document->meta[document->meta_count++] = meta;
        blanks(line);
        if (line->p < line->end && *line->p == '}') {
            line->p++;
            return true;
        }
        if (!expect(line, ','))
            return false;
    }
}

static bool read_id(struct line *line, struct document *document)
{
    const char *text;
    unsigned char ignored[16];
    if (!read_text(line, &text, NULL))
        return false;
    if (!hex_decode(text, sizeof ignored, ignored))
        return bad(line, "\"id\" must have 32 hex digits");
    memcpy(document->id, text, DOCUMENT_ID);
    return true;
}

static bool read_member(struct line *line, const char *key, struct document *document)
{
    if (strcmp(key, "text") == 0)
        return read_text(line, &document->text, &document->bytes);
    if (strcmp(key, "id") == 0)
        return read_id(line, document);
    if (strcmp(key, "source") == 0)
        return read_text(line, &document->source, NULL);
    if (strcmp(key, "created") == 0)
        return read_text(line, &document->created, NULL);
    if (strcmp(key, "metadata") == 0)
        return read_meta(line, document);
    return bad(line, "an unknown member; id, text, source, created and metadata are known");
}

bool document_line_read(struct arena *arena, const char *text, size_t len, struct document *document, struct err *err)
{
    struct line line = {text, text, text + len, arena, err};
    memset(document, 0, sizeof *document);
    if (!expect(&line, '{'))
        return false;
    for (;;) {
        const char *key;
        if (!read_text(&line, &key, NULL) || !expect(&line, ':') || !read_member(&line, key, document))
            return false;
        blanks(&line);
        if (line.p < line.end && *line.p == '}')
            break;
        if (!expect(&line, ','))
            return false;
    }
    line.p++;
    blanks(&line);
    if (line.p != line.end)
        return bad(&line, "more after the object");
    if (document->text == NULL || document->id[0] == '\0' || document->source == NULL)
        return bad(&line, "id, text or source is missing");
    return true;
}

static void member(struct buf *out, const char *key, const char *text, size_t len)
{
    if (out->data[out->len - 1] != '{')
        buf_char(out, ',');
    buf_json(out, key, strlen(key));
    buf_char(out, ':');
    buf_json(out, text, len);
}

void document_line_write(struct buf *out, const struct document *document)
{
    buf_char(out, '{');
    member(out, "id", document->id, strlen(document->id));
    member(out, "text", document->text, document->bytes);
    member(out, "source", document->source, strlen(document->source));
    if (document->created != NULL)
        member(out, "created", document->created, strlen(document->created));
    buf_text(out, ",\"metadata\":{");
    for (size_t i = 0; i < document->meta_count; i++) {
        const struct document_meta *meta = &document->meta[i];
        if (i > 0)
            buf_char(out, ',');
        buf_json(out, meta->key, strlen(meta->key));
        buf_char(out, ':');
        if (meta->number)
            buf_text(out, meta->value);
        else
            buf_json(out, meta->value, strlen(meta->value));
    }
    buf_text(out, "}}\n");
}
