/* language_codes: see the header. The list is CLD2's own (libcld2 20150806), with today's he and jv for its iw and jw.
 */
#include "clean/language_codes.h"

#include "lib/base/text.h"

#include <string.h>

static const char *const codes[] = {
    "aa", "ab", "af",  "ak",  "am",  "ar",  "as",  "ay",  "az",  "ba",    "be",  "bg",  "bh", "bi",      "bn",  "bo",
    "br", "bs", "ca",  "ceb", "chr", "co",  "crs", "cs",  "cy",  "da",    "de",  "dv",  "dz", "ee",      "el",  "en",
    "eo", "es", "et",  "eu",  "fa",  "fi",  "fj",  "fo",  "fr",  "fy",    "ga",  "gaa", "gd", "gl",      "gn",  "gu",
    "gv", "ha", "haw", "he",  "hi",  "hmn", "hr",  "ht",  "hu",  "hy",    "ia",  "id",  "ie", "ig",      "ik",  "is",
    "it", "iu", "ja",  "jv",  "ka",  "kha", "kk",  "kl",  "km",  "kn",    "ko",  "kri", "ks", "ku",      "ky",  "la",
    "lb", "lg", "lif", "ln",  "lo",  "loz", "lt",  "lua", "luo", "lv",    "mfe", "mg",  "mi", "mk",      "ml",  "mn",
    "mr", "ms", "mt",  "my",  "na",  "ne",  "new", "nl",  "nn",  "no",    "nr",  "nso", "ny", "oc",      "om",  "or",
    "os", "pa", "pam", "pl",  "ps",  "pt",  "qu",  "raj", "rm",  "rn",    "ro",  "ru",  "rw", "sa",      "sco", "sd",
    "sg", "si", "sk",  "sl",  "sm",  "sn",  "so",  "sq",  "sr",  "sr-ME", "ss",  "st",  "su", "sv",      "sw",  "syr",
    "ta", "te", "tg",  "th",  "ti",  "tk",  "tl",  "tlh", "tn",  "to",    "tr",  "ts",  "tt", "tum",     "tw",  "ug",
    "uk", "ur", "uz",  "ve",  "vi",  "vo",  "war", "wo",  "xh",  "yi",    "yo",  "za",  "zh", "zh-Hant", "zu"};

#define COUNT (sizeof codes / sizeof *codes)

bool language_code_check(const char *value, struct err *err)
{
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(codes[i], value) == 0)
            return true;
    const char *near = text_suggest(value, codes, COUNT);
    if (near != NULL)
        return err_set(err, ERR_DEFINITION, "\"%s\" is not a language code; did you mean \"%s\"?", value, near);
    return err_set(err, ERR_DEFINITION, "\"%s\" is not a language code (ISO 639: en, de, zh, ...)", value);
}
