/*
 * mapping: files mapped into memory, and what becomes of who reads what cannot be read.
 *
 * Where a mapped file is cut short by somebody, or its file system gives an error (a network mount that is away), the
 * system ends who reads it by SIGBUS, which looks like a crash of the work. In a guarded process it does not: from the
 * first such read on the whole mapping reads as zeros, and that is remembered. So who works on mappings lets nothing
 * come of the work before mapping_sound() has said that all of it was read. (The rest of the page in which a file ends
 * reads as zeros in any process, without a signal: so it looks at the files' sizes, too.)
 *
 * What is remembered is the process's, as is a signal. Any thread may read; one of them maps, releases and asks.
 */
#ifndef LIB_BASE_MAPPING_H
#define LIB_BASE_MAPPING_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

/* A file that is mapped for reading; an empty file has data "" and size 0. */
struct map {
    const char *data;
    size_t size;
};

/* For as long as the arena lives. */
bool file_map(struct arena *arena, const char *path, struct map *map, struct err *err) MUST_CHECK;

/* From now on; other reasons of SIGBUS stay what they are. */
void mapping_guard(void);
/* The same for a child that was forked to try something: it ends with this status at such a read. */
void mapping_guard_child(int status);

/* False (ERR_SYSTEM) where a mapping, released or not, could not be read since mapping_forget(), or one that was
 * made since has another size now. */
bool mapping_sound(struct err *err) MUST_CHECK;
/* The first of that alone, which costs nothing. */
bool mapping_faultless(struct err *err) MUST_CHECK;
void mapping_forget(void);

#endif
