/* uuid: version 7 (RFC 9562), the name of what leaves the ledger: runs, tasks, model versions, messages. */
#ifndef LIB_BASE_UUID_H
#define LIB_BASE_UUID_H

#include <stdbool.h>

#define UUID_TEXT 37
void uuid_new(char text[UUID_TEXT]); /* time-ordered */
bool uuid_valid(const char *text);

#endif
