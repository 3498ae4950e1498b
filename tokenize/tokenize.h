/* tokenize: the room's settings and its kinds of task. */
#ifndef TOKENIZE_TOKENIZE_H
#define TOKENIZE_TOKENIZE_H

#include "lib/flow/stage.h"

struct learn {    /* section "tokenize.learn" */
    int64_t type; /* bpe */
    int64_t vocabulary;
    int64_t min_frequency;
    int64_t max_token_length; /* bytes; 0: no limit */
};

extern const struct stage_info tokenize_info;

bool tokenize_learn(struct task *task, const void *config, struct err *err);
bool tokenize_encode(struct task *task, const void *config, struct err *err);

#endif
