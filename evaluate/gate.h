/*
 * gate: one condition that a model must meet to be released, as a person writes it.
 *
 *   gate    = metric op right
 *   metric  = "bits_per_byte" | "loss" | "perplexity"
 *   op      = "<" | "<=" | ">" | ">="
 *   right   = number | subject [ "*" number ] [ ( "+" | "-" ) number ]
 *   subject = "unigram" | "ngram" | "production"
 *
 * Messages name the column (from 1) where the text stops making sense, and what could stand there.
 */
#ifndef EVALUATE_GATE_H
#define EVALUATE_GATE_H

#include "lib/base/err.h"

enum metric { METRIC_BITS_PER_BYTE, METRIC_LOSS, METRIC_PERPLEXITY, METRIC_COUNT };
const char *metric_name(enum metric metric);

enum gate_op { GATE_LESS, GATE_LESS_OR_EQUAL, GATE_MORE, GATE_MORE_OR_EQUAL };

struct gate {
    enum metric metric;
    enum gate_op op;
    const char *subject; /* one of the names above (static), or NULL: a number alone */
    double factor;       /* of the subject */
    double offset;       /* added to it; the number where there is no subject */
};

bool gate_parse(const char *text, struct gate *gate, struct err *err) MUST_CHECK;
double gate_right(const struct gate *gate, double subject_value);
bool gate_holds(const struct gate *gate, double left, double right); /* never where one is NaN */

#endif
