/* simplify: by example; minhash_test compares with datatrove. */
#include "clean/simplify.h"
#include "tests/unit/tap.h"

static struct arena arena;

static void becomes(const char *text, const char *want)
{
    struct buf out;
    buf_init(&out, &arena);
    simplify(&out, text, strlen(text));
    SAME(out.data, want, text);
}

int main(void)
{
    arena_init(&arena);
    becomes("", "");
    becomes("  --  ", "");
    becomes("A Mill, (of 1,000.5 kg)!", "a mill of 0 0 kg");
    becomes("1.2.3 4. .5 6,x", "0 0 0 0 0 x");
    becomes("Gr\xc3\xb6\xc3\x9f"
            "e \xc3\x89T\xc3\x89",
            "gro\xc3\x9f"
            "e ete");
    becomes("\xd9\xa3\xd9\xab\xd9\xa4", "0");
    arena_release(&arena);
    return DONE();
}
