/* document_line: one document as one line of JSON, and back. Used by document.c alone. */
#ifndef LIB_TEXT_DOCUMENT_LINE_H
#define LIB_TEXT_DOCUMENT_LINE_H

#include "lib/text/document.h"

/* Reads the line [line, line + len), without its line end. Texts are in `arena`. ERR_INPUT says what is wrong where. */
bool document_line_read(struct arena *arena, const char *line, size_t len, struct document *document,
                        struct err *err) MUST_CHECK;
void document_line_write(struct buf *out, const struct document *document);

#endif
