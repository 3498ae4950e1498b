/*
 * html_block: the text of a page as it grows, cut into blocks (a paragraph, a heading, a row, a piece of code), and the
 * choice of those that are text rather than links.
 */
#ifndef CLEAN_HTML_BLOCK_H
#define CLEAN_HTML_BLOCK_H

#include "lib/base/buf.h"

struct block {
    size_t from, end;  /* in `text` */
    size_t letters;    /* bytes that are not white space */
    size_t links;      /* those of them within links */
    unsigned char gap; /* newlines before it: 1 or 2 */
    bool heading;
    bool item; /* gets a dash */
};

struct blocks {
    struct buf text;
    struct block *block;
    size_t count, capacity;
    bool open;          /* the last block still grows */
    bool blank;         /* white space came since the last letter */
    bool item, heading; /* for the next block */
    unsigned char gap;  /* for the next block */
};

void blocks_init(struct blocks *blocks, struct arena *arena);
void blocks_end(struct blocks *blocks, unsigned char gap); /* what follows begins a new block */
void blocks_text(struct blocks *blocks, const char *text, size_t bytes, bool link); /* white space is folded */
void blocks_code(struct blocks *blocks, const char *text, size_t bytes, bool link); /* white space stays */
void blocks_newline(struct blocks *blocks);
void blocks_tab(struct blocks *blocks); /* between two cells */

/* Appends the blocks to `out`; where `links` is under 1, without those whose letters are links to a larger share. */
void blocks_write(const struct blocks *blocks, double links, struct buf *out);

#endif
