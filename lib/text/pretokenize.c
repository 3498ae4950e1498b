/*
 * pretokenize: see pretokenize.h.
 *
 * The pattern says of the beginnings of words: a run of letters, of numbers or of others begins one, unless a blank
 * stands before it, which then belongs to the word. A run of white space begins one, and so does its last character
 * where something follows. After an apostrophe that begins a word, the contractions are words of their own.
 */
#include "lib/text/pretokenize.h"

#include <endian.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

enum { BLOCK = 64 };

/* A bit per byte of a block, the first byte's lowest. */
struct classes {
    uint64_t letter, number, space, blank, apostrophe;
    uint64_t high; /* bytes over 7F */
    uint64_t last; /* first bytes of white space characters over 7F that end their run before something else */
};

static const uint64_t ones = 0x0101010101010101U, highs = 0x8080808080808080U;

/* The high bit of each byte in [from, to]; the bytes are under 80 (Hacker's Delight 6-1). */
static uint64_t between(uint64_t bytes, unsigned from, unsigned to)
{
    return (bytes + ones * (0x80 - from)) & ~(bytes + ones * (0x7F - to)) & highs;
}

/* The eight high bits together, the first byte's lowest. */
static uint64_t gather(uint64_t bits)
{
    return ((bits >> 7) * 0x0102040810204080U) >> 56;
}

static void classify_ascii(const char *block, struct classes *classes)
{
    memset(classes, 0, sizeof *classes);
    for (unsigned i = 0; i < BLOCK; i += 8) {
        uint64_t word;
        memcpy(&word, block + i, 8);
        word = le64toh(word);
        uint64_t high = word & highs, low = word & ~highs, ascii = ~high;
        uint64_t blank = between(low, ' ', ' ');
        classes->letter |= gather(between(low | ones * 0x20, 'a', 'z') & ascii) << i;
        classes->number |= gather(between(low, '0', '9') & ascii) << i;
        classes->space |= gather((between(low, '\t', '\r') | blank) & ascii) << i;
        classes->blank |= gather(blank & ascii) << i;
        classes->apostrophe |= gather(between(low, '\'', '\'') & ascii) << i;
        classes->high |= gather(high) << i;
    }
}

static enum character_class class_of(UChar32 c)
{
    unsigned mask = U_GET_GC_MASK(c);
    if (mask & U_GC_L_MASK)
        return CLASS_LETTER;
    if (mask & U_GC_N_MASK)
        return CLASS_NUMBER;
    return u_isUWhiteSpace(c) ? CLASS_SPACE : CLASS_OTHER;
}

/* The class of the character at text[at], and how many bytes it has. */
static enum character_class look(const char *text, size_t bytes, size_t at, unsigned *length)
{
    int32_t i = 0, most = bytes - at < 4 ? (int32_t)(bytes - at) : 4;
    UChar32 c;
    U8_NEXT((const uint8_t *)text + at, i, most, c);
    *length = c < 0 ? 1 : (unsigned)i; /* a byte that is no UTF-8 stands alone */
    return c < 0 ? CLASS_OTHER : class_of(c);
}

static bool space_at(const char *text, size_t bytes, size_t at)
{
    unsigned length;
    return look(text, bytes, at, &length) == CLASS_SPACE;
}

/* Bits [from, from + length) that are in the block. */
static uint64_t bits(unsigned from, unsigned length)
{
    uint64_t run = length >= BLOCK ? ~UINT64_C(0) : (UINT64_C(1) << length) - 1;
    return run << from;
}

static void put_class(struct classes *classes, enum character_class class, uint64_t where)
{
    if (class == CLASS_LETTER)
        classes->letter |= where;
    else if (class == CLASS_NUMBER)
        classes->number |= where;
    else if (class == CLASS_SPACE)
        classes->space |= where;
}

/* Every byte of a character over 7F gets the character's class. */
static void classify_rest(struct pretokenizer *cutter, struct classes *classes)
{
    uint64_t left = classes->high & ~bits(0, cutter->rest);
    put_class(classes, cutter->rest_class, bits(0, cutter->rest));
    cutter->rest = 0;
    while (left != 0) {
        unsigned at = (unsigned)__builtin_ctzll(left), length;
        size_t place = cutter->at + at;
        enum character_class class = look(cutter->text, cutter->bytes, place, &length);
        uint64_t where = bits(at, length);
        put_class(classes, class, where);
        if (class == CLASS_SPACE && place + length < cutter->bytes &&
            !space_at(cutter->text, cutter->bytes, place + length))
            classes->last |= UINT64_C(1) << at;
        if (at + length > BLOCK) {
            cutter->rest = at + length - BLOCK;
            cutter->rest_class = class;
        }
        left &= ~where;
    }
}

/* The length of 's 't 're 've 'm 'll 'd at text[0], which is an apostrophe; 0 where it is none of them. */
static unsigned contraction(const char *text, size_t bytes)
{
    if (bytes >= 2 && (text[1] == 's' || text[1] == 't' || text[1] == 'm' || text[1] == 'd'))
        return 2;
    if (bytes >= 3 &&
        (memcmp(text + 1, "re", 2) == 0 || memcmp(text + 1, "ve", 2) == 0 || memcmp(text + 1, "ll", 2) == 0))
        return 3;
    return 0;
}

/* What follows the apostrophe belongs to it, and what follows that begins a word. Both may be in the next block. */
static uint64_t cut_contractions(struct pretokenizer *cutter, uint64_t begin, uint64_t apostrophes)
{
    for (uint64_t left = apostrophes & begin; left != 0; left &= left - 1) {
        unsigned at = (unsigned)__builtin_ctzll(left);
        size_t place = cutter->at + at;
        unsigned length = contraction(cutter->text + place, cutter->bytes - place);
        if (length == 0)
            continue;
        if (at + 1 < BLOCK)
            begin &= ~(UINT64_C(1) << (at + 1));
        else
            cutter->clear = 1;
        if (at + length < BLOCK)
            begin |= UINT64_C(1) << (at + length);
        else
            cutter->begin |= UINT64_C(1) << (at + length - BLOCK);
    }
    return begin;
}

/* A bit for each byte of the block that begins a word; `valid` are the bytes of the block that the text has. */
static uint64_t beginnings(struct pretokenizer *cutter, const struct classes *c, uint64_t valid)
{
    size_t after = cutter->at + BLOCK;
    uint64_t other = ~(c->letter | c->number | c->space) & valid;
    /* The end of the text counts as more white space: the last run of it is one word. */
    uint64_t space_follows = after >= cutter->bytes || space_at(cutter->text, cutter->bytes, after);
    uint64_t space_next = (c->space | ~valid) >> 1 | space_follows << (BLOCK - 1);
    uint64_t run = (c->letter & ~(c->letter << 1 | cutter->letter)) | (c->number & ~(c->number << 1 | cutter->number)) |
                   (other & ~(other << 1 | cutter->other));
    uint64_t begin = run & ~(c->blank << 1 | cutter->blank);
    begin |= c->space & ~(c->space << 1 | cutter->space);
    begin |= (c->space & ~c->high & ~space_next) | c->last;
    begin = (begin & ~cutter->clear) | cutter->begin;
    cutter->letter = c->letter >> (BLOCK - 1);
    cutter->number = c->number >> (BLOCK - 1);
    cutter->space = c->space >> (BLOCK - 1);
    cutter->other = other >> (BLOCK - 1);
    cutter->blank = c->blank >> (BLOCK - 1);
    cutter->begin = cutter->clear = 0;
    return cut_contractions(cutter, begin, c->apostrophe) & valid;
}

static uint64_t next_block(struct pretokenizer *cutter)
{
    struct classes classes;
    size_t left = cutter->bytes - cutter->at;
    const char *block = cutter->text + cutter->at;
    uint64_t valid = ~UINT64_C(0);
    char padded[BLOCK];
    if (left < BLOCK) {
        memset(padded, 0, sizeof padded);
        block = memcpy(padded, block, left);
        valid = bits(0, (unsigned)left);
    }
    classify_ascii(block, &classes);
    if (classes.high != 0)
        classify_rest(cutter, &classes);
    return beginnings(cutter, &classes, valid);
}

void pretokenize_init(struct pretokenizer *cutter, const char *text, size_t bytes)
{
    *cutter = (struct pretokenizer){.text = text, .bytes = bytes};
}

size_t pretokenize_ends(struct pretokenizer *cutter, size_t *ends, size_t room)
{
    size_t count = 0;
    while (cutter->at < cutter->bytes && count + PRETOKENIZE_ROOM <= room) {
        uint64_t begin = next_block(cutter);
        if (cutter->at == 0)
            begin &= ~UINT64_C(1); /* nothing ends where the text begins */
        for (; begin != 0; begin &= begin - 1)
            ends[count++] = cutter->at + (size_t)__builtin_ctzll(begin);
        cutter->at += BLOCK;
        if (cutter->at >= cutter->bytes)
            ends[count++] = cutter->bytes;
    }
    return count;
}
