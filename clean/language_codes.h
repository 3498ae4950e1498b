/* language_codes: the codes that `clean.language.keep` takes, those of the languages that can be told apart. */
#ifndef CLEAN_LANGUAGE_CODES_H
#define CLEAN_LANGUAGE_CODES_H

#include "lib/base/err.h"

/* A check for an option: false, with the nearest code in the message, where the code is none. */
bool language_code_check(const char *value, struct err *err);

#endif
