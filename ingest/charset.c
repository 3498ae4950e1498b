/* charset: see charset.h. */
#include "ingest/charset.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uchardet/uchardet.h>
#include <unicode/ucnv.h>
#include <unicode/utf8.h>

static bool valid_utf8(const char *data, size_t len)
{
    for (size_t at = 0; at < len;) {
        if ((unsigned char)data[at] < 0x80) {
            at++;
            continue;
        }
        int32_t i = 0, most = len - at < 4 ? (int32_t)(len - at) : 4;
        UChar32 c;
        U8_NEXT((const uint8_t *)data + at, i, most, c);
        if (c < 0)
            return false;
        at += (size_t)i;
    }
    return true;
}

static const char *from_mark(const char *data, size_t len, size_t *skip)
{
    static const struct {
        const char *mark;
        size_t len;
        const char *charset;
    } marks[] = {{"\xEF\xBB\xBF", 3, "UTF-8"},
                 {"\xFF\xFE\0\0", 4, "UTF-32LE"},
                 {"\0\0\xFE\xFF", 4, "UTF-32BE"},
                 {"\xFF\xFE", 2, "UTF-16LE"},
                 {"\xFE\xFF", 2, "UTF-16BE"}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (len >= marks[i].len && memcmp(data, marks[i].mark, marks[i].len) == 0) {
            *skip = marks[i].len;
            return marks[i].charset;
        }
    *skip = 0;
    return NULL;
}

/* charset="..." of a meta element, or encoding="..." of an XML declaration. */
static const char *declared(struct arena *arena, const char *data, size_t len)
{
    static const char *const words[] = {"charset=", "encoding="};
    char *head = arena_strndup(arena, data, len < 1024 ? len : 1024);
    for (size_t w = 0; w < 2; w++) {
        const char *at = strcasestr(head, words[w]);
        if (at == NULL)
            continue;
        at += strlen(words[w]);
        at += strspn(at, "\"' ");
        size_t end = strcspn(at, "\"'; />?");
        if (end > 0 && end < 40)
            return arena_strndup(arena, at, end);
    }
    return NULL;
}

static const char *detected(struct arena *arena, const char *data, size_t len)
{
    enum { ENOUGH = 64 * 1024 };
    uchardet_t detector = uchardet_new();
    const char *name = "";
    if (uchardet_handle_data(detector, data, len < ENOUGH ? len : ENOUGH) == 0) {
        uchardet_data_end(detector);
        name = arena_strdup(arena, uchardet_get_charset(detector));
    }
    uchardet_delete(detector);
    return name;
}

/* Every byte sequence that stands for nothing is counted and becomes U+FFFD. */
static void count_bad(const void *context, UConverterToUnicodeArgs *args, const char *bytes, int32_t length,
                      UConverterCallbackReason reason, UErrorCode *status)
{
    if (reason > UCNV_IRREGULAR)
        return;
    *(int64_t *)(uintptr_t)context += length;
    static const UChar replacement[] = {0xFFFD};
    (void)bytes;
    *status = U_ZERO_ERROR;
    ucnv_cbToUWriteUChars(args, replacement, 1, 0, status);
}

static bool convert(struct arena *arena, UConverter *from, const char *data, size_t len, struct decoded *decoded,
                    struct err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    UConverter *to = ucnv_open("UTF-8", &status);
    UChar pivot[1024], *pivot_source = pivot, *pivot_target = pivot;
    const char *end = data + len;
    bool first = true;
    buf_init(&decoded->text, arena);
    ucnv_setToUCallBack(from, count_bad, &decoded->undecoded, NULL, NULL, &status);
    if (U_FAILURE(status))
        return err_set(err, ERR_SYSTEM, "ICU: %s", u_errorName(status));
    do {
        size_t room = len + len / 2 + 64;
        char *out = buf_reserve(&decoded->text, room), *target = out;
        status = U_ZERO_ERROR;
        ucnv_convertEx(to, from, &target, out + room, &data, end, pivot, &pivot_source, &pivot_target, pivot + 1024,
                       first, true, &status);
        first = false;
        decoded->text.len += (size_t)(target - out);
    } while (status == U_BUFFER_OVERFLOW_ERROR);
    decoded->text.data[decoded->text.len] = '\0';
    ucnv_close(to);
    return U_SUCCESS(status) || err_set(err, ERR_INPUT, "cannot be decoded: %s", u_errorName(status));
}

static UConverter *converter_of(const char *name)
{
    UErrorCode status = U_ZERO_ERROR;
    UConverter *converter = name == NULL || *name == '\0' ? NULL : ucnv_open(name, &status);
    return U_SUCCESS(status) ? converter : NULL;
}

/* HTML's rule: what is declared as Latin-1 or ASCII is windows-1252. https://encoding.spec.whatwg.org/#names-and-labels
 */
static const char *web_name(const char *name)
{
    static const char *const latin[] = {"iso-8859-1", "latin1", "us-ascii", "ascii", "iso8859-1"};
    for (size_t i = 0; name != NULL && i < sizeof latin / sizeof *latin; i++)
        if (strcasecmp(name, latin[i]) == 0)
            return "windows-1252";
    return name;
}

bool charset_decode(struct arena *arena, const char *data, size_t len, bool html, const char *given,
                    struct decoded *decoded, struct err *err)
{
    size_t skip;
    UErrorCode status = U_ZERO_ERROR;
    const char *mark = from_mark(data, len, &skip);
    memset(decoded, 0, sizeof *decoded);
    data += skip;
    len -= skip;
    UConverter *from = converter_of(mark);
    if (from == NULL && html)
        from = converter_of(web_name(declared(arena, data, len)));
    bool utf8 = from == NULL ? valid_utf8(data, len)
                             : strcmp(ucnv_getName(from, &status), "UTF-8") == 0 && valid_utf8(data, len);
    if (utf8) {
        if (from != NULL)
            ucnv_close(from);
        buf_init(&decoded->text, arena);
        buf_add(&decoded->text, data, len);
        decoded->charset = "UTF-8";
        return true;
    }
    if (from == NULL)
        from = converter_of(given);
    if (from == NULL)
        from = converter_of(web_name(detected(arena, data, len)));
    if (from == NULL)
        from = converter_of("windows-1252");
    if (from == NULL)
        return err_set(err, ERR_SYSTEM, "ICU has no converters");
    decoded->charset = arena_strdup(arena, ucnv_getName(from, &status));
    bool good = convert(arena, from, data, len, decoded, err);
    ucnv_close(from);
    return good;
}
