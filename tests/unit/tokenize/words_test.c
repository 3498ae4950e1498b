/* words: counts of words, alone and added up from several tables. */
#include "tokenize/words.h"

#include "tests/unit/tap.h"

static int64_t count_of(const struct words *words, const char *text)
{
    for (size_t i = 0; i <= words->mask; i++)
        if (words->slots[i].count > 0 && words->slots[i].len == strlen(text) &&
            memcmp(words->slots[i].data, text, strlen(text)) == 0)
            return words->slots[i].count;
    return 0;
}

/* `count` different words, from w<from> on; enough of them make the table grow. */
static void add_numbered(struct words *words, struct arena *arena, int from, int count)
{
    for (int i = from; i < from + count; i++) {
        char *text = arena_printf(arena, "w!");
        for (int rest = i; rest > 0; rest /= 26)
            text = arena_printf(arena, "%c%s", 'a' + rest % 26, text);
        words_add_text(words, text, strlen(text));
    }
}

int main(void)
{
    struct arena arena;
    struct words words, more;
    arena_init(&arena);
    words_init(&words, &arena);
    words_init(&more, &arena);
    words_add_text(&words, "", 0);
    OK(words.count == 0 && words.bytes == 0, "no text, no words");
    words_add_text(&words, "the mill, the tide", 18);
    OK(words.count == 5 && words.bytes == 3 + 5 + 1 + 4 + 5, "different words, and their bytes");
    OK(count_of(&words, "the") == 1 && count_of(&words, " the") == 1 && count_of(&words, ",") == 1, "counts");
    words_add_text(&more, " the sea and the tide", 21);
    words_merge(&words, &more);
    OK(count_of(&words, " the") == 3 && count_of(&words, " tide") == 2 && count_of(&words, " sea") == 1, "added up");
    OK(words.count == 7, "different words of both");

    add_numbered(&words, &arena, 0, 20000);
    add_numbered(&more, &arena, 10000, 20000);
    words_merge(&words, &more);
    OK(words.count >= 30000 && words.count < words.mask / 2 + 2, "tables grow: %zu words", words.count);
    OK(count_of(&words, " the") == 5 && count_of(&words, "!") == 40000, "and keep their counts");
    arena_release(&arena);
    return DONE();
}
