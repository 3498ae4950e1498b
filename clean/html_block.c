/*
 * html_block: see the header. Whether a block is a list of links is told by the share of its letters in links
 * (Kohlschütter, Fankhauser, Nejdl 2010, "Boilerplate detection using shallow text features"); a sentence that is
 * mostly a link stays when it stands alone, because manuals say "See Section 13.2."
 */
#include "clean/html_block.h"

#include <string.h>

void blocks_init(struct blocks *blocks, struct arena *arena)
{
    *blocks = (struct blocks){.gap = 0};
    buf_init(&blocks->text, arena);
}

static struct block *last(struct blocks *blocks)
{
    return &blocks->block[blocks->count - 1];
}

/* The block that text goes to: the open one, or a new one. */
static struct block *grow(struct blocks *blocks)
{
    if (blocks->open)
        return last(blocks);
    ARENA_PUSH(blocks->text.arena, blocks->block, blocks->count, blocks->capacity);
    blocks->block[blocks->count++] = (struct block){.from = blocks->text.len,
                                                    .gap = blocks->gap > 0 ? blocks->gap : 1,
                                                    .item = blocks->item,
                                                    .heading = blocks->heading};
    blocks->open = true;
    blocks->blank = blocks->item = blocks->heading = false;
    blocks->gap = 0;
    return last(blocks);
}

void blocks_end(struct blocks *blocks, unsigned char gap)
{
    if (blocks->open) {
        struct buf *text = &blocks->text;
        while (text->len > last(blocks)->from && strchr(" \t\n", text->data[text->len - 1]) != NULL)
            text->len--;
        last(blocks)->end = text->len;
        blocks->open = false;
        blocks->heading = false;
    }
    if (gap > blocks->gap)
        blocks->gap = gap;
}

/* Bytes of white space at s: 1, 2 for a no-break space, 0 for anything else. */
static size_t blank_at(const char *s, size_t bytes)
{
    if (*s == ' ' || (*s >= '\t' && *s <= '\r'))
        return 1;
    return bytes > 1 && s[0] == '\xc2' && s[1] == '\xa0' ? 2 : 0;
}

void blocks_text(struct blocks *blocks, const char *text, size_t bytes, bool link)
{
    for (size_t at = 0; at < bytes;) {
        size_t blank = blank_at(text + at, bytes - at);
        if (blank > 0) {
            blocks->blank = true;
            at += blank;
            continue;
        }
        size_t end = at + 1;
        while (end < bytes && blank_at(text + end, bytes - end) == 0)
            end++;
        bool parted = blocks->blank;
        struct block *block = grow(blocks);
        struct buf *out = &blocks->text;
        if (parted && out->len > block->from && out->data[out->len - 1] != '\n' && out->data[out->len - 1] != '\t')
            buf_char(out, ' ');
        buf_add(out, text + at, end - at);
        block->letters += end - at;
        block->links += link ? end - at : 0;
        blocks->blank = false;
        at = end;
    }
}

void blocks_code(struct blocks *blocks, const char *text, size_t bytes, bool link)
{
    if (!blocks->open)
        while (bytes > 0 && (*text == '\n' || *text == '\r')) {
            text++;
            bytes--;
        }
    if (bytes == 0)
        return;
    struct block *block = grow(blocks);
    size_t letters = 0;
    for (size_t i = 0; i < bytes; i++)
        letters += blank_at(text + i, 1) == 0;
    buf_add(&blocks->text, text, bytes);
    block->letters += letters;
    block->links += link ? letters : 0;
}

void blocks_newline(struct blocks *blocks)
{
    if (blocks->open)
        buf_char(&blocks->text, '\n');
    blocks->blank = false;
}

void blocks_tab(struct blocks *blocks)
{
    if (blocks->open)
        buf_char(&blocks->text, '\t');
    blocks->blank = false;
}

static bool linked(const struct block *block, double links)
{
    return !block->heading && block->letters > 0 && (double)block->links > links * (double)block->letters;
}

static bool sentence(const struct blocks *blocks, const struct block *block)
{
    return block->end > block->from && strchr(".!?:;", blocks->text.data[block->end - 1]) != NULL;
}

void blocks_write(const struct blocks *blocks, double links, struct buf *out)
{
    size_t start = out->len;
    unsigned char gap = 0;
    for (size_t i = 0; i < blocks->count;) {
        const struct block *block = &blocks->block[i];
        size_t run = 0; /* of blocks in a row that are mostly links */
        while (i + run < blocks->count && linked(&blocks->block[i + run], links))
            run++;
        bool stays = run == 0 || (run < 3 && sentence(blocks, block));
        size_t skip = stays ? 1 : run < 3 ? 1 : run;
        gap = gap > block->gap ? gap : block->gap;
        i += skip;
        if (!stays || block->end == block->from)
            continue;
        for (; gap > 0 && out->len > start; gap--)
            buf_char(out, '\n');
        if (block->item)
            buf_text(out, "- ");
        buf_add(out, blocks->text.data + block->from, block->end - block->from);
        gap = 0;
    }
}
