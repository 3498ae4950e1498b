#include "lib/base/clock.h"
#include "lib/base/digest.h"
#include "lib/base/text.h"
#include "lib/base/uuid.h"
#include "tests/unit/tap.h"

static void test_text(struct arena *arena)
{
    static const char *const words[] = {"family", "shape", "objective", "tokens"};
    struct texts parts = text_split(arena, "a,,b", ',');
    OK(parts.count == 3, "every separator cuts");
    SAME(parts.item[1], "", "an empty part stays");
    SAME(text_suggest("familly", words, 4), "family", "a doubled letter is seen through");
    SAME(text_suggest("tokesn", words, 4), "tokens", "and a swap");
    OK(text_suggest("zebra", words, 4) == NULL, "what is far from all is not suggested");
    OK(text_ends("a.html", ".html") && !text_ends("l", ".html") && text_starts("abc", "ab"), "starts and ends");
}

/* FIPS 180-4's example "abc"; XXH64's published value of the empty input with seed 0. */
static void test_digest(void)
{
    char hex[DIGEST_HEX];
    struct digest digest = digest_of("abc", 3), parsed;
    digest_hex(&digest, hex);
    SAME(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "SHA-256 of abc");
    OK(digest_parse(hex, &parsed) && digest_equal(&digest, &parsed), "a digest is read back");
    hex[5] = 'g';
    OK(!digest_parse(hex, &parsed) && !digest_parse("ba78", &parsed), "what is no digest is refused");
    OK(hash64("", 0, 0) == 0xEF46DB3751D8E999ULL, "XXH64 of nothing");
}

static void test_clock(void)
{
    int64_t us = 0;
    char text[CLOCK_TEXT], id[UUID_TEXT], later[UUID_TEXT];
    OK(clock_parse("2026-11-23T02:30:00+01:00", &us), "a time with an offset is read");
    clock_format(us, text);
    SAME(text, "2026-11-23T01:30:00Z", "and written in UTC");
    OK(clock_parse("2026-11-23T01:30", &us), "one as slots are shown");
    clock_format(us, text);
    SAME(text, "2026-11-23T01:30:00Z", "is UTC");
    OK(!clock_parse("2026-02-30", &us) && !clock_parse("yesterday", &us) && !clock_parse("2026-11-23T25:00:00Z", &us) &&
           !clock_parse("2026-11-23T02:30:", &us) && !clock_parse("2026-11-23T02:30x", &us),
       "what is no time is refused");
    clock_format_duration(3723.4, text);
    SAME(text, "1:02:03", "durations");
    uuid_new(id);
    clock_sleep_ms(2);
    uuid_new(later);
    OK(uuid_valid(id) && id[14] == '7' && strcmp(id, later) < 0, "UUIDs are valid and ordered in time");
    OK(!uuid_valid("0192f3a7-1111-7111-8111-11111111111g"), "what is no UUID is refused");
}

int main(void)
{
    struct arena arena;
    arena_init(&arena);
    test_text(&arena);
    test_digest();
    test_clock();
    arena_release(&arena);
    return DONE();
}
