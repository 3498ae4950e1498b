#include "ingest/charset.h"
#include "tests/unit/tap.h"

static struct arena arena;
static struct err err;

#define DECODE(data, given, markup) decode(data, sizeof(data) - 1, given, markup)

/* "charset: text", with how many bytes could not be decoded where there are such; NULL on an error. */
static const char *decode(const char *data, size_t len, const char *given, bool markup)
{
    struct decoded decoded;
    if (!charset_decode(&arena, data, len, given, markup, &decoded, &err))
        return NULL;
    const char *text = arena_strndup(&arena, decoded.text, decoded.bytes);
    if (decoded.undecoded > 0)
        return arena_printf(&arena, "%s: %s (%lld)", decoded.charset, text, (long long)decoded.undecoded);
    return arena_printf(&arena, "%s: %s", decoded.charset, text);
}

static void test_order(void)
{
    SAME(DECODE("caf\xc3\xa9", NULL, false), "utf-8: café", "valid UTF-8");
    SAME(DECODE("caf\xc3\xa9", "ISO-8859-15", false), "iso-8859-15: cafÃ©", "the definition knows better");
    SAME(DECODE("\xef\xbb\xbf"
                "caf\xc3\xa9",
                "windows-1251", false),
         "windows-1251: п»їcafГ©", "even than a mark");
    SAME(DECODE("\xff\xfe"
                "a\0",
                "utf-16", false),
         "utf-16le: a", "but a mark says which UTF-16");
    SAME(DECODE("\xfe\xff\0a", NULL, false), "utf-16be: a", "a mark");
    SAME(DECODE("\xff\xfe\0\0a\0\0\0", NULL, false), "utf-32le: a", "a longer one");
    SAME(DECODE("\xef\xbb\xbf<meta charset=koi8-r>\xc3\xa9", NULL, true), "utf-8: <meta charset=koi8-r>é",
         "a mark goes before a declaration");
    SAME(DECODE("<meta charset=koi8-r>\xc1", NULL, true), "koi8-r: <meta charset=koi8-r>а", "a declaration");
    SAME(DECODE("<meta charset=koi8-r>\xc3\xa9", NULL, false), "utf-8: <meta charset=koi8-r>é", "only in pages");
    SAME(DECODE("<META content='text/html; CharSet = \"latin1\"'>\x80", NULL, true),
         "windows-1252: <META content='text/html; CharSet = \"latin1\"'>€", "Latin-1 is windows-1252");
    SAME(DECODE("<?xml version='1.0' encoding='iso-8859-2'?>\xb1", NULL, true),
         "iso-8859-2: <?xml version='1.0' encoding='iso-8859-2'?>ą", "XML's declaration");
    SAME(DECODE("<meta charset=utf-16>\xc3\xa9", NULL, true), "utf-8: <meta charset=utf-16>é",
         "a page that can be read is not UTF-16");
    SAME(DECODE("<meta charset=nonsense>\xc3\xa9", NULL, true), "utf-8: <meta charset=nonsense>é",
         "an unknown charset is none");
    SAME(DECODE("", NULL, true), "utf-8: ", "nothing is UTF-8");
}

static void test_faults(void)
{
    SAME(DECODE("0123456789 \xff 0123456789", "utf-8", false), "utf-8: 0123456789 \xef\xbf\xbd 0123456789 (1)",
         "a wrong byte");
    SAME(DECODE("0123456789012345678901234567 \xe6\xbd", "utf-8", false),
         "utf-8: 0123456789012345678901234567 \xef\xbf\xbd (2)", "a character that is cut off");
    SAME(DECODE("01234567890123456789\x81\xff", "shift_jis", false),
         "shift_jis: 01234567890123456789\xef\xbf\xbd\xef\xbf\xbd (2)", "each wrong byte of Shift_JIS");
    OK(DECODE("\x01\x02\x03\x04 text", NULL, false) == NULL, "control characters");
    SAME(err.text, "is no text: 4 of its 9 characters are control characters or mean nothing", "are told");
    OK(DECODE("\xff\xff\xff ab", "utf-8", false) == NULL && err.code == ERR_INPUT, "mostly wrong bytes");
    SAME(err.text, "is no text: 3 of its 6 bytes cannot be decoded from utf-8", "are told");
}

/* Random bytes are no text in any charset, whatever is taken for theirs. */
static void test_noise(void)
{
    static const char *const charsets[] = {
        NULL,           "utf-8",        "utf-16le",     "utf-16be",   "utf-32le", "windows-1250",
        "windows-1251", "windows-1252", "windows-1253", "iso-8859-2", "koi8-r",   "ibm866",
        "macintosh",    "tis-620",      "shift_jis",    "euc-jp",     "euc-kr",   "big5",
        "gb18030",      "iso-2022-jp",  "iso-2022-kr",  "hz-gb-2312",
    };
    char noise[4096];
    uint32_t word = 1; /* xorshift32 */
    for (size_t charset = 0; charset < sizeof charsets / sizeof *charsets; charset++) {
        int taken = 0;
        for (int turn = 0; turn < 200; turn++) {
            for (size_t i = 0; i < sizeof noise; i++) {
                word ^= word << 13;
                word ^= word >> 17;
                word ^= word << 5;
                noise[i] = (char)(word >> 24);
            }
            taken += decode(noise, sizeof noise, charsets[charset], false) != NULL;
            arena_release(&arena);
            arena_init(&arena);
        }
        OK(taken == 0, "noise is no text in %s: %d of 200 taken",
           charsets[charset] ? charsets[charset] : "what is detected", taken);
    }
}

static void test_repair(void)
{
    struct buf out;
    int64_t undecoded = 0;
    buf_init(&out, &arena);
    charset_repair(&out,
                   "a\xff\xff"
                   "b\xc3\xa9\xe6\xbd",
                   8, &undecoded);
    SAME(out.data,
         "a\xef\xbf\xbd\xef\xbf\xbd"
         "bé\xef\xbf\xbd",
         "faults become U+FFFD");
    OK(undecoded == 4, "and are counted: %d", (int)undecoded);
}

int main(void)
{
    arena_init(&arena);
    test_order();
    test_faults();
    test_noise();
    test_repair();
    arena_release(&arena);
    return DONE();
}
