/* language: which language a text is in, told by CLD2 (Apache 2.0, Google; 83 languages). */
#ifndef CLEAN_LANGUAGE_H
#define CLEAN_LANGUAGE_H

#include <stddef.h>

#define LANGUAGES 3

/* The languages of a text, the largest part first. Codes are ISO 639-1 where there is one ("en", "zh", "zh-Hant"), "un"
 * where CLD2 cannot tell; share is of the text's letters, 0 to 1. */
struct language {
    const char *code[LANGUAGES];
    double share[LANGUAGES];
};

#ifdef __cplusplus
extern "C" {
#endif
/* Text is valid UTF-8; safe from several threads at once. */
void language_tell(const char *text, size_t bytes, struct language *language);
#ifdef __cplusplus
}
#endif

#endif
