/* language: what CLD2 tells of plain cases. */
#include "clean/language.h"
#include "tests/unit/base/starve.h"
#include "tests/unit/tap.h"

static void is(const char *text, const char *code)
{
    struct language language;
    language_tell(text, strlen(text), &language);
    SAME(language.code[0], code, code);
    OK(language.share[0] > 0.8, "and surely");
}

static void tell(void *text)
{
    struct language language;
    language_tell(text, strlen(text), &language);
}

static void test_memory(char *text)
{
    char said[256];
    OK(STARVE_CANNOT || starve(tell, text, said) == ARENA_EXHAUSTED, "without memory the process ends as ours do");
    OK(STARVE_CANNOT || strcmp(said, "out of memory: CLD2 was refused room\n") == 0, "and says so: %s", said);
}

int main(void)
{
    struct language language;
    is("The harbour of the old town is quiet in the morning, and the boats have not moved since the storm.", "en");
    is("Der Hafen der alten Stadt ist am Morgen still, und die Boote haben sich seit dem Sturm nicht bewegt.", "de");
    is("潮汐磨坊每天两次磨面粉，水不要钱，轮子要钱。", "zh");
    is("הנמל של העיר העתיקה שקט בבוקר, והסירות לא זזו מאז הסערה.", "he");
    language_tell("", 0, &language);
    SAME(language.code[0], "un", "nothing to tell by");
    static char large[1 << 20];
    for (size_t i = 0; i + 4 <= sizeof large; i += 4)
        memcpy(large + i, "\xe6\xb0\xb4.", 4);
    language_tell(large, sizeof large, &language);
    OK(language.code[0] != NULL, "a large text is cut between characters");
    large[sizeof large - 1] = '\0';
    test_memory(large);
    return DONE();
}
