/*
 * log: what an operator reads on standard error when something is worth saying that is not an error to return.
 *
 * One line: time, program, level, text. Library code may log what happens on its own (a broker reconnects); it never
 * logs an error that it also returns. Secrets are never passed here.
 */
#ifndef LIB_BASE_LOG_H
#define LIB_BASE_LOG_H

#include "lib/base/err.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_open(const char *program, enum log_level least);
void log_line(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
