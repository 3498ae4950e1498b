/* normalise: one form, and the same again. */
#include "clean/normalise.h"
#include "tests/unit/tap.h"

static struct arena arena;
static struct normalise_report report;

static char *normal(const char *text, size_t bytes)
{
    struct buf out;
    buf_init(&out, &arena);
    report = (struct normalise_report){0, 0};
    normalise(&out, text, bytes, &report);
    return out.data;
}

static void becomes(const char *text, const char *want, const char *name)
{
    char *once = normal(text, strlen(text));
    SAME(once, want, name);
    SAME(normal(once, strlen(once)), want, "the same again");
}

int main(void)
{
    arena_init(&arena);
    becomes("plain", "plain", "plain text");
    becomes("", "", "nothing");
    becomes("a\r\nb\rc\vd\fe\xc2\x85"
            "f\xe2\x80\xa8g\xe2\x80\xa9h",
            "a\nb\nc\nd\ne\nf\ng\nh", "newlines");
    becomes("\n\n a \t\n\n\n\n\tb  c\n\n", " a\n\n\tb  c", "blank lines and ends of lines");
    becomes("a\xc2\xa0"
            "b\xe3\x80\x80"
            "c\xe2\x80\xaf"
            "d\xe1\x9a\x80"
            "e",
            "a b c d e", "spaces");
    becomes("so\xc2\xad"
            "ft ze\xe2\x80\x8bro \xef\xbb\xbf"
            "bom \xe2\x80\xaertl\xe2\x80\xac",
            "soft zero bom rtl", "invisible characters");
    OK(normal("\x01\x02\x7f\xc2\x9f"
              "a",
              6) != NULL &&
           report.invisible == 4,
       "control characters are counted");
    becomes("\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae a\xe2\x80\x8c"
            "b",
            "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae ab", "a joiner stays where a script needs it");
    becomes("e\xcc\x81 \xe2\x84\xab \xe1\x84\x80\xe1\x85\xa1 \xe2\x80\x81", "\xc3\xa9 \xc3\x85 \xea\xb0\x80", "NFC");
    becomes("\xea\xb0\x80\xe1\x86\xa8", "\xea\xb0\x81", "NFC across a group that needs no look");
    becomes("a\xff\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xe2\x82z", "az", "what is no UTF-8");
    OK(normal("\xff\xc0\xaf", 3)[0] == '\0' && report.invalid == 3, "and it is counted");
    becomes("\xef\xb7\x90\xef\xbf\xbe\xf3\xa0\x81\x81x", "x", "noncharacters and tags");
    static const char nul[] = "a\0b";
    SAME(normal(nul, 3), "ab", "NUL");
    arena_release(&arena);
    return DONE();
}
