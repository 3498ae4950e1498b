/*
 * clean: the settings of cleaning (section "clean") and the work of its two kinds of task.
 *
 * A threshold's option has the name of the rule that it drops by: `gopher.short` drops, `clean.gopher.short: 30`
 * changes it.
 */
#ifndef CLEAN_CLEAN_H
#define CLEAN_CLEAN_H

#include "lib/base/text.h"
#include "lib/flow/stage.h"

struct html_settings {
    int64_t bytes, depth; /* most of a page */
    bool boilerplate;
    double links; /* a block with a larger share of its letters in links goes */
};

struct gopher_settings {
    int64_t small, large; /* words: gopher.short, gopher.long */
    double word_short, word_long;
    double hashes, ellipses, bullets, end_ellipses, alphabetic;
    int64_t stop_words;
    struct texts stop_word_list;
};

struct repetition_settings {
    double paragraphs, paragraph_characters, lines, line_characters;
    double top[3];      /* n-grams of 2, 3, 4 words */
    double repeated[6]; /* n-grams of 5 to 10 words */
};

struct c4_settings {
    int64_t sentences, words, word_length;
    bool end_punctuation, citations, lorem_ipsum, javascript, curly_bracket, policy;
};

struct fineweb_settings {
    double line_punctuation, short_lines;
    int64_t short_line_length;
    double repeated_characters, new_lines;
};

enum { PERSONAL_KEEP, PERSONAL_REDACT, PERSONAL_PSEUDONYM };

struct personal_settings {
    int64_t email, ip, phone; /* PERSONAL_... */
};

struct clean {
    struct html_settings html;
    struct texts language_keep;
    double language_score;
    int64_t length_minimum, length_maximum; /* code points */
    struct texts rules;
    struct gopher_settings gopher;
    struct repetition_settings repetition;
    struct c4_settings c4;
    struct fineweb_settings fineweb;
    struct personal_settings personal;
    bool duplicates_exact, duplicates_near;
    double split_validation, split_test;
};

extern const struct stage_info clean_info;

bool clean_shard(struct task *task, const void *config, struct err *err) MUST_CHECK;
bool clean_dedup(struct task *task, const void *config, struct err *err) MUST_CHECK;

#endif
