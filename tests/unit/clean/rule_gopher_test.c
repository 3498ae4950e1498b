/* rule_gopher: the same reasons as datatrove 0.10.1, and what it measures. */
#include "tests/unit/clean/recorded.h"

static void measures(const char *text, const char *rule, double value, double limit)
{
    struct arena arena;
    struct clean config;
    struct page page;
    struct finding finding = {"kept", 0, 0};
    arena_init(&arena);
    settings(&arena, &config);
    page_set(&page, &arena, text, strlen(text));
    rule_gopher(&page, &config, &finding);
    SAME(finding.rule, rule, rule);
    NEAR(finding.value, value, 1e-12, "its value");
    NEAR(finding.limit, limit, 0, "its limit");
    arena_release(&arena);
}

int main(void)
{
    static const struct reason reasons[] = {{"gopher_short_doc", "gopher.short"},
                                            {"gopher_long_doc", "gopher.long"},
                                            {"gopher_below_avg_threshold", "gopher.word_short"},
                                            {"gopher_above_avg_threshold", "gopher.word_long"},
                                            {"gopher_too_many_hashes", "gopher.hashes"},
                                            {"gopher_too_many_ellipsis", "gopher.ellipses"},
                                            {"gopher_too_many_bullets", "gopher.bullets"},
                                            {"gopher_too_many_end_ellipsis", "gopher.end_ellipses"},
                                            {"gopher_below_alpha_threshold", "gopher.alphabetic"},
                                            {"gopher_enough_stop_words", "gopher.stop_words"},
                                            {NULL, NULL}};
    agree("gopher", rule_gopher, reasons);
    measures("three words, -- here", "gopher.short", 3, 50);
    measures("the mill and a gate. the mill and a gate. the mill and a gate. the mill and a gate. the mill and a gate. "
             "the mill and a gate. the mill and a gate. the mill and a gate. the mill and a gate. the mill and a gate. "
             "########",
             "gopher.hashes", 8.0 / 51, 0.1);
    return DONE();
}
