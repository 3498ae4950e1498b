/* rule_repetition: the same reasons as datatrove 0.10.1. */
#include "tests/unit/clean/recorded.h"

int main(void)
{
    static const struct reason reasons[] = {{"empty", "repetition.empty"},
                                            {"dup_para_frac", "repetition.paragraphs"},
                                            {"dup_para_char_frac", "repetition.paragraph_characters"},
                                            {"dup_line_frac", "repetition.lines"},
                                            {"dup_line_char_frac", "repetition.line_characters"},
                                            {"top_2_gram", "repetition.top_2_gram"},
                                            {"top_3_gram", "repetition.top_3_gram"},
                                            {"top_4_gram", "repetition.top_4_gram"},
                                            {"duplicated_5_n_grams", "repetition.repeated_5_grams"},
                                            {"duplicated_6_n_grams", "repetition.repeated_6_grams"},
                                            {"duplicated_7_n_grams", "repetition.repeated_7_grams"},
                                            {"duplicated_8_n_grams", "repetition.repeated_8_grams"},
                                            {"duplicated_9_n_grams", "repetition.repeated_9_grams"},
                                            {"duplicated_10_n_grams", "repetition.repeated_10_grams"},
                                            {NULL, NULL}};
    agree("repetition", rule_repetition, reasons);
    return DONE();
}
