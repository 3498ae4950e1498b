/*
 * personal: see the header. The patterns of e-mail and IPv4 addresses are datatrove's (formatters/pii.py, 0.10.1), with
 * PCRE2 in its UTF and UCP modes, which agree with Python's re on them. Only public IPv4 addresses count, as there.
 * Telephone numbers are those written with + and a country code (E.164: 8 to 15 digits), and North American ones as
 * Dolma finds them (taggers/pii.py).
 *
 * Matching an address is quadratic in the length of text like a.a.a.a, so each @ is looked at alone, with no more
 * before and behind it than an address has (320 bytes, RFC 3696).
 */
#include "clean/personal.h"

#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define ADDRESS 320

enum what { EMAIL, IP, PHONE, WHATS };

static const char *const pattern[WHATS] = {
    [EMAIL] = "\\b[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@"
              "(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\\.)+[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?|"
              "\\[(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\\.){3}"
              "(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?|[A-Za-z0-9-]*[A-Za-z0-9]:)])",
    [IP] = "(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\\.){3}(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)",
    [PHONE] = ("(?<![\\w+])\\+[1-9](?:[ ./-]?\\(?\\d{1,5}\\)?){2,6}(?!\\w)|"
               "(?<=\\s)\\(?\\d{3}\\)?[-. ]{0,2}\\d{3}[-. ]?\\d{4}(?!\\w)"),
};

struct personal {
    pcre2_code *code[WHATS];
};

/* One pass over a text for one kind of thing. */
struct pass {
    const struct personal *personal;
    enum what what;
    bool pseudonym;
    const char *text;
    size_t bytes;
    struct buf *out;
    struct texts seen; /* different ones so far, for pseudonyms */
    size_t seen_capacity;
    size_t written; /* of the text */
    size_t hidden;
};

static void release(void *context)
{
    struct personal *personal = context;
    for (int i = 0; i < WHATS; i++)
        pcre2_code_free(personal->code[i]);
}

struct personal *personal_new(struct arena *arena)
{
    struct personal *personal = ARENA_NEW(arena, struct personal);
    arena_defer(arena, release, personal);
    for (int i = 0; i < WHATS; i++) {
        int code;
        PCRE2_SIZE at;
        personal->code[i] = pcre2_compile((PCRE2_SPTR)pattern[i], PCRE2_ZERO_TERMINATED,
                                          PCRE2_UTF | PCRE2_UCP | PCRE2_NO_UTF_CHECK, &code, &at, NULL);
        if (personal->code[i] == NULL)
            BUG("pattern %d does not compile: error %d at %zu", i, code, at);
        pcre2_jit_compile(personal->code[i], PCRE2_JIT_COMPLETE); /* where it cannot, matching is slower */
    }
    return personal;
}

/* Not one of a private, local, documentation or reserved network (ipaddress.is_global in Python); no leading zeros. */
static bool public_address(const char *text, size_t bytes)
{
    unsigned part[4] = {0, 0, 0, 0};
    for (size_t i = 0, n = 0; i < bytes; i++) {
        if (text[i] == '.') {
            n++;
            continue;
        }
        bool first = i == 0 || text[i - 1] == '.', more = i + 1 < bytes && text[i + 1] != '.';
        if (first && text[i] == '0' && more)
            return false;
        part[n] = part[n] * 10 + (unsigned)(text[i] - '0');
    }
    unsigned a = part[0], b = part[1], c = part[2];
    return !(a == 0 || a == 10 || a == 127 || a >= 240 || (a == 100 && b >= 64 && b < 128) || (a == 169 && b == 254) ||
             (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168) || (a == 192 && b == 0 && (c == 0 || c == 2)) ||
             (a == 198 && (b == 18 || b == 19 || (b == 51 && c == 100))) || (a == 203 && b == 0 && c == 113));
}

static bool phone_number(const char *text, size_t bytes)
{
    size_t digits = 0;
    for (size_t i = 0; i < bytes; i++)
        digits += text[i] >= '0' && text[i] <= '9';
    return digits >= 8 && digits <= 15;
}

static bool counts(const struct pass *pass, const char *text, size_t bytes)
{
    return pass->what == EMAIL || (pass->what == IP ? public_address(text, bytes) : phone_number(text, bytes));
}

/* 1 for the first one in this document, and the same number wherever it stands again. */
static size_t number_of(struct pass *pass, const char *text, size_t bytes)
{
    for (size_t i = 0; i < pass->seen.count; i++)
        if (strncmp(pass->seen.item[i], text, bytes) == 0 && pass->seen.item[i][bytes] == '\0')
            return i + 1;
    if (pass->seen.count == 1000) /* enough to tell apart, and looking stays quick */
        return pass->seen.count;
    ARENA_PUSH(pass->out->arena, pass->seen.item, pass->seen.count, pass->seen_capacity);
    pass->seen.item[pass->seen.count++] = arena_strndup(pass->out->arena, text, bytes);
    return pass->seen.count;
}

static void replace(struct pass *pass, size_t from, size_t end)
{
    buf_add(pass->out, pass->text + pass->written, from - pass->written);
    size_t number = pass->pseudonym ? number_of(pass, pass->text + from, end - from) : 0;
    if (pass->what == EMAIL && number == 0)
        buf_text(pass->out, "email@example.com");
    else if (pass->what == EMAIL)
        buf_printf(pass->out, "person%zu@example.com", number);
    else if (pass->what == IP)
        buf_printf(pass->out, "192.0.2.%zu", number == 0 ? 1 : (number - 1) % 254 + 1);
    else
        buf_printf(pass->out, "555-01%02zu", number % 100);
    pass->written = end;
    pass->hidden++;
}

/* The next match in [from, end) of the text, or false. */
static bool find(const struct pass *pass, pcre2_match_data *match, size_t from, size_t end, size_t *start, size_t *stop)
{
    const pcre2_code *code = pass->personal->code[pass->what];
    if (pcre2_match(code, (PCRE2_SPTR)pass->text, end, from, PCRE2_NO_UTF_CHECK, match, NULL) <= 0)
        return false;
    const PCRE2_SIZE *place = pcre2_get_ovector_pointer(match);
    *start = place[0];
    *stop = place[1];
    return true;
}

static void hide_emails(struct pass *pass, pcre2_match_data *match)
{
    size_t floor = 0; /* no address begins before: another @ or an address ends there */
    for (size_t at = 0; at < pass->bytes;) {
        const char *sign = memchr(pass->text + at, '@', pass->bytes - at);
        if (sign == NULL)
            return;
        size_t place = (size_t)(sign - pass->text), start, stop;
        size_t from = place - floor > ADDRESS ? place - ADDRESS : floor;
        size_t end = pass->bytes - place > ADDRESS ? place + ADDRESS : pass->bytes;
        while ((pass->text[from] & 0xc0) == 0x80)
            from++;
        while (end < pass->bytes && (pass->text[end] & 0xc0) == 0x80)
            end--;
        at = floor = place + 1;
        if (find(pass, match, from, end, &start, &stop)) {
            replace(pass, start, stop);
            at = floor = stop;
        }
    }
}

static void hide_others(struct pass *pass, pcre2_match_data *match)
{
    size_t at = 0, start, stop;
    while (at < pass->bytes && find(pass, match, at, pass->bytes, &start, &stop)) {
        if (counts(pass, pass->text + start, stop - start))
            replace(pass, start, stop);
        at = stop;
    }
}

static size_t hide(const struct personal *personal, enum what what, int64_t choice, struct buf *out, const char *text,
                   size_t bytes)
{
    struct pass pass = {.personal = personal,
                        .what = what,
                        .pseudonym = choice == PERSONAL_PSEUDONYM,
                        .text = text,
                        .bytes = bytes,
                        .out = out};
    pcre2_match_data *match = pcre2_match_data_create_from_pattern(personal->code[what], NULL);
    if (match == NULL)
        BUG("PCRE2 has no memory for a match");
    if (what == EMAIL)
        hide_emails(&pass, match);
    else
        hide_others(&pass, match);
    pcre2_match_data_free(match);
    buf_add(out, text + pass.written, bytes - pass.written);
    return pass.hidden;
}

size_t personal_hide(const struct personal *personal, const struct personal_settings *settings, struct buf *out,
                     const char *text, size_t bytes)
{
    const int64_t choice[WHATS] = {[EMAIL] = settings->email, [IP] = settings->ip, [PHONE] = settings->phone};
    size_t hidden = 0;
    for (int i = 0; i < WHATS; i++) {
        if (choice[i] == PERSONAL_KEEP)
            continue;
        struct buf next;
        buf_init(&next, out->arena);
        hidden += hide(personal, (enum what)i, choice[i], &next, text, bytes);
        text = next.data;
        bytes = next.len;
    }
    buf_add(out, text, bytes);
    return hidden;
}
