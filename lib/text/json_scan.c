/* json_scan: see json_scan.h. */
#include "lib/text/json_scan.h"

#include "lib/base/json_run.h"
#include "lib/text/utf8.h"

#include <string.h>

static bool refuse(struct json_scan *scan, const char *problem)
{
    scan->problem = problem;
    return false;
}

char json_peek(struct json_scan *scan)
{
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\t' || *scan->at == '\r'))
        scan->at++;
    return scan->at < scan->end ? *scan->at : '\0';
}

bool json_take(struct json_scan *scan, char c)
{
    if (json_peek(scan) != c || scan->at == scan->end) {
        switch (c) {
        case '{':
            return refuse(scan, "an object is wanted here");
        case '[':
            return refuse(scan, "an array is wanted here");
        case ':':
            return refuse(scan, "a colon is missing");
        default:
            return refuse(scan, "a string is wanted here");
        }
    }
    scan->at++;
    return true;
}

/* Moves past the closing quotation mark. */
static bool find_end(struct json_scan *scan, bool *escaped)
{
    for (*escaped = false;;) {
        scan->at += json_run(scan->at, (size_t)(scan->end - scan->at));
        if (scan->at == scan->end)
            return refuse(scan, "a string is not closed");
        if (*scan->at == '"') {
            scan->at++;
            return true;
        }
        if (*scan->at != '\\')
            return refuse(scan, "a control character stands in a string; it must be escaped");
        *escaped = true;
        if (scan->end - scan->at < 2)
            return refuse(scan, "a string is not closed");
        scan->at += 2;
    }
}

static bool hex4(const char *at, const char *end, uint32_t *value)
{
    *value = 0;
    if (end - at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        uint32_t digit;
        if (c >= '0' && c <= '9')
            digit = (uint32_t)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            digit = (uint32_t)((c | 0x20) - 'a') + 10;
        else
            return false;
        *value = *value << 4 | digit;
    }
    return true;
}

/* \uXXXX at `at` (after the u), with the second half of a surrogate pair; returns what follows, NULL where wrong. */
static const char *unicode_escape(struct json_scan *scan, const char *at, const char *end, char **out)
{
    uint32_t point, low;
    if (!hex4(at, end, &point)) {
        scan->problem = "\\u needs four hex digits";
        return NULL;
    }
    at += 4;
    if (point >= 0xd800 && point < 0xe000) {
        bool pair = point < 0xdc00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u' && hex4(at + 2, end, &low) &&
                    low >= 0xdc00 && low < 0xe000;
        if (!pair) {
            scan->problem = "half of a surrogate pair stands alone";
            return NULL;
        }
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        at += 6;
    }
    *out += utf8_put(point, *out);
    return at;
}

static const char *escape(struct json_scan *scan, const char *at, const char *end, char **out)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    if (*at == 'u')
        return unicode_escape(scan, at + 1, end, out);
    const char *name = *at == '\0' ? NULL : strchr(names, *at);
    if (name == NULL) {
        scan->problem = "an unknown escape stands in a string";
        return NULL;
    }
    *(*out)++ = values[name - names];
    return at + 1;
}

/* Decoded text is never longer than what it was written as: \uXXXX gives at most 3 bytes, a pair of them 4. */
static bool decode(struct json_scan *scan, const char *at, const char *end, char *out, size_t *len)
{
    char *start = out;
    while (at < end) {
        const char *backslash = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((backslash == NULL ? end : backslash) - at);
        memcpy(out, at, plain);
        out += plain;
        at += plain;
        if (backslash != NULL && (at = escape(scan, at + 1, end, &out)) == NULL) {
            scan->at = backslash;
            return false;
        }
    }
    *out = '\0';
    *len = (size_t)(out - start);
    return true;
}

bool json_scan_string(struct json_scan *scan, const char **text, size_t *len)
{
    bool escaped;
    if (!json_take(scan, '"'))
        return false;
    const char *from = scan->at;
    if (!find_end(scan, &escaped))
        return false;
    const char *to = scan->at - 1;
    size_t raw = (size_t)(to - from);
    size_t valid = utf8_valid_run(from, raw);
    if (valid < raw) {
        scan->at = from + valid;
        return refuse(scan, "a string is not valid UTF-8");
    }
    char *out = arena_alloc(scan->arena, raw + 1);
    *text = out;
    if (escaped)
        return decode(scan, from, to, out, len);
    memcpy(out, from, raw);
    out[raw] = '\0';
    *len = raw;
    return true;
}

static size_t digits(const char *at, const char *end)
{
    size_t n = 0;
    while (at + n < end && at[n] >= '0' && at[n] <= '9')
        n++;
    return n;
}

/* RFC 8259, section 6. */
static bool number(struct json_scan *scan)
{
    const char *at = scan->at, *end = scan->end;
    if (at < end && *at == '-')
        at++;
    size_t whole = digits(at, end);
    if (whole == 0 || (whole > 1 && *at == '0'))
        return refuse(scan, "this is no value");
    at += whole;
    if (at < end && *at == '.') {
        size_t fraction = digits(at + 1, end);
        if (fraction == 0)
            return refuse(scan, "a number ends in its point");
        at += 1 + fraction;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at += at + 1 < end && (at[1] == '+' || at[1] == '-') ? 2 : 1;
        size_t exponent = digits(at, end);
        if (exponent == 0)
            return refuse(scan, "a number's exponent has no digits");
        at += exponent;
    }
    scan->at = at;
    return true;
}

bool json_scan_number(struct json_scan *scan, const char **text, size_t *len)
{
    json_peek(scan);
    const char *from = scan->at;
    if (!number(scan))
        return false;
    *len = (size_t)(scan->at - from);
    *text = arena_strndup(scan->arena, from, *len);
    return true;
}

bool json_scan_end(struct json_scan *scan)
{
    json_peek(scan);
    return scan->at == scan->end || refuse(scan, "something follows the end of the value");
}

bool json_scan_key(struct json_scan *scan, bool *first, const char **key, size_t *len)
{
    char c = json_peek(scan);
    *key = NULL;
    if (c == '}') {
        scan->at++;
        return true;
    }
    if (!*first && c != ',')
        return refuse(scan, "a comma or the end of an object is missing");
    if (!*first)
        scan->at++;
    *first = false;
    return json_scan_string(scan, key, len) && json_take(scan, ':');
}

bool json_scan_element(struct json_scan *scan, bool *first, bool *more)
{
    char c = json_peek(scan);
    *more = c != ']';
    if (!*more) {
        scan->at++;
        return true;
    }
    if (!*first && c != ',')
        return refuse(scan, "a comma or the end of an array is missing");
    if (!*first)
        scan->at++;
    *first = false;
    return true;
}

static bool literal(struct json_scan *scan, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(scan->end - scan->at) < len || memcmp(scan->at, word, len) != 0)
        return refuse(scan, "this is no value");
    scan->at += len;
    return true;
}

static bool skip(struct json_scan *scan, int depth);

static bool skip_members(struct json_scan *scan, int depth)
{
    const char *key;
    size_t len;
    for (bool first = true;;) {
        if (!json_scan_key(scan, &first, &key, &len))
            return false;
        if (key == NULL)
            return true;
        if (!skip(scan, depth))
            return false;
    }
}

static bool skip_elements(struct json_scan *scan, int depth)
{
    for (bool first = true, more;;) {
        if (!json_scan_element(scan, &first, &more))
            return false;
        if (!more)
            return true;
        if (!skip(scan, depth))
            return false;
    }
}

static bool skip(struct json_scan *scan, int depth)
{
    const char *text;
    size_t len;
    char c = json_peek(scan);
    if ((c == '{' || c == '[') && depth >= JSON_DEPTH)
        return refuse(scan, "objects and arrays are nested too deep");
    switch (c) {
    case '"':
        return json_scan_string(scan, &text, &len);
    case '{':
        scan->at++;
        return skip_members(scan, depth + 1);
    case '[':
        scan->at++;
        return skip_elements(scan, depth + 1);
    case 't':
        return literal(scan, "true");
    case 'f':
        return literal(scan, "false");
    case 'n':
        return literal(scan, "null");
    default:
        return number(scan);
    }
}

bool json_scan_skip(struct json_scan *scan, const char **from, size_t *len)
{
    json_peek(scan);
    *from = scan->at;
    bool good = skip(scan, 0);
    *len = (size_t)(scan->at - *from);
    return good;
}
