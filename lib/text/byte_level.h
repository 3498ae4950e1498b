/*
 * byte_level: the 256 printable characters that stand for bytes in a tokenizer.json (openai/gpt-2, bytes_to_unicode):
 * 21-7E, A1-AC and AE-FF stand for themselves, the other 68 bytes in order for U+0100 + n.
 */
#ifndef LIB_TEXT_BYTE_LEVEL_H
#define LIB_TEXT_BYTE_LEVEL_H

#include "lib/base/buf.h"

/* Append the character for a byte. */
void byte_level_write(struct buf *buf, unsigned char byte);
/* The bytes that a text of such characters stands for; false where a character is none of them. */
bool byte_level_read(const char *text, size_t len, struct buf *bytes);
/* The bytes in the order of their characters' code points, which is the order of a learned alphabet. */
void byte_level_order(unsigned char order[256]);

#endif
