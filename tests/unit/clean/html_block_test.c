/* html_block: blocks, their white space, and which of them are links. */
#include "clean/html_block.h"
#include "tests/unit/tap.h"

static struct arena arena;
static struct blocks blocks;

static void say(const char *text, bool link)
{
    blocks_text(&blocks, text, strlen(text), link);
}

static char *written(double links)
{
    struct buf out;
    buf_init(&out, &arena);
    blocks_end(&blocks, 0);
    blocks_write(&blocks, links, &out);
    blocks_init(&blocks, &arena);
    return out.data;
}

int main(void)
{
    arena_init(&arena);
    blocks_init(&blocks, &arena);
    say(" one ", false);
    say("two", false);
    say("\n\t", false);
    say("three ", false);
    blocks_end(&blocks, 1);
    blocks_end(&blocks, 2);
    say(" four", false);
    blocks_newline(&blocks);
    say(" five", false);
    SAME(written(1), "one two three\n\nfour\nfive", "the larger gap counts, white space is folded");

    blocks_code(&blocks, "\n  x\n", 5, false);
    blocks_code(&blocks, "\ty ", 3, false);
    SAME(written(1), "  x\n\ty", "code stays as it is, but for its ends");

    say("text before the links stands here", false);
    for (int i = 0; i < 3; i++) {
        blocks_end(&blocks, 1);
        say("Go there.", true);
    }
    blocks_end(&blocks, 1);
    say("text", false);
    SAME(written(0.5), "text before the links stands here\ntext", "three blocks of links go, sentences or not");

    say("See the other page.", true);
    blocks_end(&blocks, 1);
    say("Other page", true);
    blocks_end(&blocks, 1);
    say("text", false);
    SAME(written(0.5), "See the other page.\ntext", "fewer stay where they are sentences");
    say("Other page", true);
    SAME(written(1), "Other page", "all stay where links are no reason");
    arena_release(&arena);
    return DONE();
}
