/* words: cut as Python 3.11 cuts (values from its str.split, splitlines, strip, count and re.split). */
#include "clean/punctuation.h"
#include "clean/words.h"
#include "tests/unit/tap.h"

static struct arena arena;

/* The spans in brackets, as in [a][b]. */
static char *shown(const char *text, struct spans spans)
{
    char *out = arena_strdup(&arena, "");
    for (size_t i = 0; i < spans.count; i++)
        out = arena_printf(&arena, "%s[%.*s]", out, (int)spans.item[i].bytes, text + spans.item[i].from);
    return out;
}

static void splits(const char *text, const char *want)
{
    SAME(shown(text, words_split(&arena, text, strlen(text))), want, "split");
}

static void lines(const char *text, const char *want)
{
    SAME(shown(text, words_lines(&arena, text, strlen(text))), want, "splitlines");
}

static void runs(const char *text, size_t least, const char *want)
{
    SAME(shown(text, words_runs(&arena, text, strlen(text), least)), want, "split at runs of newlines");
}

int main(void)
{
    arena_init(&arena);
    int spaces = 0, symbols = 0, terminals = 0;
    for (uint32_t c = 0; c < 0x110000; c++) {
        spaces += space(c);
        symbols += punctuation(c);
        terminals += punctuation_terminal(c);
    }
    OK(spaces == 29, "29 code points are white space");
    OK(symbols == 281 && terminals == 159, "281 are punctuation, 159 end a sentence");

    splits("", "");
    splits("  one\ttwo\n three ", "[one][two][three]");
    splits("a\xc2\xa0"
           "b\xe3\x80\x80"
           "c\x1c"
           "d\xe2\x80\x8b"
           "e",
           "[a][b][c][d\xe2\x80\x8b"
           "e]");
    struct spans words = words_split(&arena,
                                     "Gr\xc3\xb6\xc3\x9f"
                                     "e \xf0\x9f\x98\x80",
                                     12);
    OK(words.count == 2 && words.item[0].chars == 5 && words.item[1].chars == 1, "lengths are code points");

    lines("", "");
    lines("a\n\nb\r\nc\rd\n", "[a][][b][c][d]");
    lines("a\vb\fc\x1c"
          "d\x1d"
          "e\x1e"
          "f\x1f"
          "g\xc2\x85"
          "h\xe2\x80\xa8i\xe2\x80\xa9j",
          "[a][b][c][d][e][f\x1f"
          "g][h][i][j]");
    runs("a\n\nb\nc\n\n\nd", 2, "[a][b\nc][d]");
    runs("\na\n\nb\n", 1, "[][a][b][]");
    runs("", 1, "[]");

    size_t from = 0, end = 9;
    words_strip_left("\xe3\x80\x80 a b\xc2\xa0\n", &from, end);
    words_strip_right("\xe3\x80\x80 a b\xc2\xa0\n", from, &end);
    OK(from == 4 && end == 7, "strip");
    OK(words_occurrences("......", 6, "...") == 2 && words_occurrences("aaa", 3, "aa") == 1, "count, without overlaps");
    OK(words_sentences(&arena, "One. Two! Three? \"Four.\" Five", 29) == 5, "sentences");
    OK(words_sentences(&arena, "Dr. A. B. Smith, e.g. of the U.S. survey", 40) == 1, "abbreviations end none");
    arena_release(&arena);
    return DONE();
}
