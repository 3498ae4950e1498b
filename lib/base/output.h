/* output: the standard streams of a program. */
#ifndef LIB_BASE_OUTPUT_H
#define LIB_BASE_OUTPUT_H

#include "lib/base/err.h"

#include <stdio.h>

/* Opens those of the descriptors 0, 1 and 2 that are closed on /dev/null: else a connection gets one of these numbers,
 * and what is printed goes to the server. Called before anything is opened. */
void output_open(void);

/* Writes out what is buffered. ERR_SYSTEM where any of what was printed was lost; a reader who went away (a pipe to
 * `head`) wanted no more of it, which is no error. */
bool output_whole(FILE *out, struct err *err) MUST_CHECK;

#endif
