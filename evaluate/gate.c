/* gate: see gate.h. A lexer of three kinds of token and one function per rule of the grammar. */
#include "evaluate/gate.h"

#include "lib/base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const metrics[METRIC_COUNT] = {"bits_per_byte", "loss", "perplexity"};
static const char *const subjects[] = {"unigram", "ngram", "production"};
static const char *const operators[] = {"<", "<=", ">", ">="}; /* in the order of enum gate_op */
#define METRICS   "bits_per_byte, loss, perplexity"
#define SUBJECTS  "unigram, ngram, production"
#define OPERATORS "<, <=, > or >="

enum kind { KIND_END, KIND_WORD, KIND_NUMBER, KIND_SIGN };

struct lexer {
    const char *text;
    enum kind kind;   /* of the token under the eye */
    const char *from; /* where it stands */
    int length;
    double number;
};

const char *metric_name(enum metric metric)
{
    return metrics[metric];
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* digits [. digits] [e [sign] digits]: no hexadecimal, infinity or NaN, which strtod would take. */
static int number_length(const char *text)
{
    const char *at = text;
    while (is_digit(*at))
        at++;
    if (*at == '.')
        at++;
    while (is_digit(*at))
        at++;
    if (*at == 'e' || *at == 'E') {
        const char *exponent = at + 1;
        if (*exponent == '+' || *exponent == '-')
            exponent++;
        if (is_digit(*exponent)) {
            while (is_digit(*exponent))
                exponent++;
            at = exponent;
        }
    }
    return (int)(at - text);
}

static void next(struct lexer *lexer)
{
    const char *at = lexer->from + lexer->length;
    while (*at == ' ' || *at == '\t')
        at++;
    lexer->from = at;
    if (*at == '\0') {
        lexer->kind = KIND_END;
        lexer->length = 0;
    } else if (is_letter(*at)) {
        lexer->kind = KIND_WORD;
        lexer->length = 1;
        while (is_letter(at[lexer->length]) || is_digit(at[lexer->length]))
            lexer->length++;
    } else if (is_digit(*at) || (*at == '.' && is_digit(at[1]))) {
        lexer->kind = KIND_NUMBER;
        lexer->length = number_length(at);
        lexer->number = strtod(at, NULL);
    } else {
        lexer->kind = KIND_SIGN;
        lexer->length = 1;
        if (strchr("<>=!", *at) != NULL && at[1] == '=')
            lexer->length = 2;
        while ((at[lexer->length] & 0xc0) == 0x80) /* the rest of a character in UTF-8 */
            lexer->length++;
    }
}

static bool is_sign(const struct lexer *lexer, const char *sign)
{
    return lexer->kind == KIND_SIGN && (size_t)lexer->length == strlen(sign) &&
           memcmp(lexer->from, sign, strlen(sign)) == 0;
}

static bool expected(const struct lexer *lexer, const char *what, struct err *err)
{
    long column = (long)(lexer->from - lexer->text) + 1;
    if (lexer->kind == KIND_END)
        return err_set(err, ERR_DEFINITION, "column %ld: expected %s, but the gate ends here", column, what);
    return err_set(err, ERR_DEFINITION, "column %ld: expected %s, not \"%.*s\"", column, what, lexer->length,
                   lexer->from);
}

/* The position of the word under the eye among `names`, or -1. */
static int find_name(const struct lexer *lexer, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(names[i]) == (size_t)lexer->length && memcmp(names[i], lexer->from, strlen(names[i])) == 0)
            return (int)i;
    return -1;
}

static bool unknown_name(const struct lexer *lexer, const char *what, const char *const *names, size_t count,
                         const char *list, struct err *err)
{
    char word[64];
    size_t length = (size_t)lexer->length < sizeof word ? (size_t)lexer->length : sizeof word - 1;
    memcpy(word, lexer->from, length);
    word[length] = '\0';
    long column = (long)(lexer->from - lexer->text) + 1;
    const char *near = text_suggest(word, names, count);
    if (near != NULL)
        return err_set(err, ERR_DEFINITION, "column %ld: \"%s\" is not %s; did you mean \"%s\"?", column, word, what,
                       near);
    return err_set(err, ERR_DEFINITION, "column %ld: \"%s\" is not %s; choose one of %s", column, word, what, list);
}

static bool parse_metric(struct lexer *lexer, struct gate *gate, struct err *err)
{
    if (lexer->kind != KIND_WORD)
        return expected(lexer, "a metric (" METRICS ")", err);
    int metric = find_name(lexer, metrics, METRIC_COUNT);
    if (metric < 0)
        return unknown_name(lexer, "a metric", metrics, METRIC_COUNT, METRICS, err);
    gate->metric = (enum metric)metric;
    next(lexer);
    return true;
}

static bool parse_operator(struct lexer *lexer, struct gate *gate, struct err *err)
{
    for (int op = GATE_LESS; op <= GATE_MORE_OR_EQUAL; op++) {
        if (is_sign(lexer, operators[op])) {
            gate->op = (enum gate_op)op;
            next(lexer);
            return true;
        }
    }
    return expected(lexer, OPERATORS " after the metric", err);
}

static bool parse_number(struct lexer *lexer, const char *after, double *number, struct err *err)
{
    if (lexer->kind != KIND_NUMBER)
        return expected(lexer, after, err);
    if (!isfinite(lexer->number))
        return expected(lexer, "a number that a double can hold", err);
    *number = lexer->number;
    next(lexer);
    return true;
}

static bool parse_subject(struct lexer *lexer, struct gate *gate, struct err *err)
{
    size_t count = sizeof subjects / sizeof subjects[0];
    int subject = find_name(lexer, subjects, count);
    if (subject < 0)
        return unknown_name(lexer, "something to compare with", subjects, count, SUBJECTS, err);
    gate->subject = subjects[subject];
    next(lexer);
    if (is_sign(lexer, "*")) {
        next(lexer);
        if (!parse_number(lexer, "a number after \"*\"", &gate->factor, err))
            return false;
    }
    if (is_sign(lexer, "+") || is_sign(lexer, "-")) {
        double direction = *lexer->from == '-' ? -1 : 1;
        next(lexer);
        if (!parse_number(lexer, "a number after \"+\" or \"-\"", &gate->offset, err))
            return false;
        gate->offset *= direction;
    }
    return true;
}

bool gate_parse(const char *text, struct gate *gate, struct err *err)
{
    *gate = (struct gate){.factor = 1};
    struct lexer lexer = {.text = text, .from = text};
    next(&lexer);
    if (!parse_metric(&lexer, gate, err) || !parse_operator(&lexer, gate, err))
        return false;
    if (lexer.kind == KIND_WORD) {
        if (!parse_subject(&lexer, gate, err))
            return false;
    } else if (!parse_number(&lexer, "a number or one of " SUBJECTS, &gate->offset, err)) {
        return false;
    }
    if (lexer.kind == KIND_END)
        return true;
    return expected(&lexer,
                    gate->subject == NULL ? "nothing after the number" : "\"* number\", \"+ number\" or the end", err);
}

double gate_right(const struct gate *gate, double subject_value)
{
    return gate->subject == NULL ? gate->offset : gate->factor * subject_value + gate->offset;
}

bool gate_holds(const struct gate *gate, double left, double right)
{
    switch (gate->op) {
    case GATE_LESS:
        return left < right;
    case GATE_LESS_OR_EQUAL:
        return left <= right;
    case GATE_MORE:
        return left > right;
    case GATE_MORE_OR_EQUAL:
        return left >= right;
    }
    BUG("a gate has operator %d", (int)gate->op);
}
