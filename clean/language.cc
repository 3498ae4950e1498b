// language: CLD2's C++ interface behind ours; the one file that is not C, because the library is not.
#include "clean/language.h"

#include <cstdio> // CLD2's header uses FILE and does not say so
#include <cstring>
#include <new>

extern "C" {
#include "lib/base/arena.h"
}

#include <cld2/public/compact_lang_det.h>

// Enough to tell a language by, and a bound on the time that a large text takes.
static const size_t enough = 256 * 1024;

// CLD2 has the codes that ISO 639 withdrew for Hebrew and Javanese.
static const char *code(CLD2::Language language)
{
    const char *code = CLD2::LanguageCode(language);
    return std::strcmp(code, "iw") == 0 ? "he" : std::strcmp(code, "jw") == 0 ? "jv" : code;
}

// CLD2 takes memory by `new`, whose exception nobody would catch.
static void exhausted()
{
    arena_exhausted("CLD2 was refused room");
}

void language_tell(const char *text, size_t bytes, struct language *language)
{
    CLD2::Language top[LANGUAGES] = {CLD2::UNKNOWN_LANGUAGE, CLD2::UNKNOWN_LANGUAGE, CLD2::UNKNOWN_LANGUAGE};
    int percent[LANGUAGES] = {0, 0, 0};
    int letters = 0;
    bool reliable = false;
    std::set_new_handler(exhausted);
    if (bytes > enough)
        for (bytes = enough; bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80;)
            bytes--;
    CLD2::DetectLanguageSummary(text, static_cast<int>(bytes), true, top, percent, &letters, &reliable);
    for (int i = 0; i < LANGUAGES; i++) {
        language->code[i] = code(top[i]);
        language->share[i] = percent[i] / 100.0;
    }
}
