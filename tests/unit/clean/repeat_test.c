/* repeat: against counting by hand. */
#include "clean/repeat.h"
#include "tests/unit/tap.h"

int main(void)
{
    struct arena arena;
    arena_init(&arena);
    static const char text[] = "the tide the tide the mill th etide";
    struct spans words = words_split(&arena, text, strlen(text));
    struct repeated repeated = repeats(&arena, text, &words);
    OK(repeated.count == 3 && repeated.chars == 10, "the, tide and the come again");

    struct grams *grams = grams_new(&arena, text, &words);
    OK(grams_top(grams, 2) == 16, "\"the tide\" twice");
    OK(grams_top(grams, 3) == 24, "\"the tide the\" twice, overlapping");
    OK(grams_top(grams, 4) == 17, "of as frequent ones the first");
    OK(grams_top(grams, 9) == 0, "fewer words than that");
    OK(grams_repeated(grams, 2) == 14, "\"the tide\" again, and \"th etide\" has the same letters");
    OK(grams_repeated(grams, 8) == 0, "one run of eight does not repeat");

    struct spans none = {NULL, 0};
    OK(grams_top(grams_new(&arena, "", &none), 2) == 0, "no words");
    arena_release(&arena);
    return DONE();
}
