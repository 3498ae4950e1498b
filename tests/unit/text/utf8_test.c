#include "lib/text/utf8.h"
#include "tests/unit/tap.h"

#include <unicode/utf8.h>

/* What ICU makes of the same bytes. */
static size_t icu_valid_run(const char *text, size_t len)
{
    int32_t at = 0, end = (int32_t)len;
    while (at < end) {
        int32_t before = at;
        UChar32 c;
        U8_NEXT((const uint8_t *)text, at, end, c);
        if (c < 0)
            return (size_t)before;
    }
    return len;
}

/* Every first and second byte, with third and fourth bytes at the borders of their ranges. */
static void test_against_icu(void)
{
    static const unsigned char border[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
    size_t differ = 0, tried = 0;
    for (int a = 0; a < 256; a++)
        for (int b = 0; b < 256; b++)
            for (size_t c = 0; c < sizeof border; c++)
                for (size_t d = 0; d < sizeof border; d++)
                    for (size_t len = 1; len <= 4; len++) {
                        char text[4] = {(char)a, (char)b, (char)border[c], (char)border[d]};
                        differ += utf8_valid_run(text, len) != icu_valid_run(text, len);
                        tried++;
                    }
    OK(differ == 0, "%zu sequences: as ICU has it", tried);
}

/* Code points of all lengths, at every offset from a word's start, and a fault among them. */
static void test_runs(void)
{
    char text[64];
    size_t wrong = 0;
    for (size_t lead = 0; lead < 40; lead++) {
        memset(text, 'x', sizeof text);
        memcpy(text + lead, "\xc3\xa9\xe6\xbd\xae\xf0\x9f\x8c\x8a", 9);
        wrong += !utf8_valid(text, sizeof text);
        text[lead + 12] = (char)0x80;
        wrong += utf8_valid_run(text, sizeof text) != lead + 12;
    }
    OK(wrong == 0, "runs end where the fault is");
}

static void test_round_trip(void)
{
    size_t wrong = 0;
    for (uint32_t point = 0; point < 0x110000; point++) {
        char bytes[4];
        size_t at = 0, len;
        if (point >= 0xd800 && point < 0xe000)
            continue;
        len = utf8_put(point, bytes);
        wrong += !utf8_valid(bytes, len) || utf8_next(bytes, &at) != point || at != len;
    }
    OK(wrong == 0, "every code point is written, valid, and read back");
}

int main(void)
{
    test_against_icu();
    test_runs();
    test_round_trip();
    return DONE();
}
