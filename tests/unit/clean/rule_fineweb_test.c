/* rule_fineweb: the same reasons as datatrove 0.10.1. */
#include "tests/unit/clean/recorded.h"

int main(void)
{
    static const struct reason reasons[] = {{"empty", "fineweb.empty"},
                                            {"line_punct_ratio", "fineweb.line_punctuation"},
                                            {"short_line_ratio", "fineweb.short_lines"},
                                            {"char_dup_ratio", "fineweb.repeated_characters"},
                                            {"list_ratio", "fineweb.new_lines"},
                                            {NULL, NULL}};
    agree("fineweb", rule_fineweb, reasons);
    return DONE();
}
