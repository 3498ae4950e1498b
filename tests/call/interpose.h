/*
 * interpose: what its files share: which call is due to fail, what is held, and how a function is put in front of the
 * real one. A file that uses DUE defines FIRST, the number of its first function, before it includes this.
 */
#ifndef TESTS_CALL_INTERPOSE_H
#define TESTS_CALL_INTERPOSE_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

enum kind {
    KIND_MEMORY,
    KIND_FOLDER,
    KIND_MAPPING,
    KIND_RESULT,
    KIND_CONNECTION,
    KIND_CODEC,
    KIND_DIGEST,
    KIND_CONFIGURATION, /* of a Kafka client */
    KIND_CLIENT,
    KIND_ERROR,
    KIND_PARTITIONS,
    KIND_MESSAGE,
    KIND_METADATA,
    KIND_TOPIC,
    KIND_STREAM,
    KIND_PLAN, /* what topics are made with */
    KINDS
};

/* Whether this call is the program's own and the one to fail; errno is set then. Otherwise it is counted. `place` NULL:
 * a call that a library makes back into the program. */
bool due(const char *function, const void *place);
/* For the driver: what this thread calls from now on is not to be tried; it is no call of lib/. */
void leave_alone(bool alone);
/* Whether the call that is due fails in this way. */
bool how(const char *word);
int how_number(void);
/* What the program's own calls were given, and gave back. Both take NULL. */
void *hold(enum kind kind, void *ptr, const void *place);
void let_go(enum kind kind, const void *ptr, const void *place);
bool is_ours(const void *place);
void held_more(enum kind kind, int count);

#define PLACE     __builtin_return_address(0)
#define DUE(name) due(#name, PLACE)
#define REAL(name)                                                                                                     \
    static __typeof__(&name) real;                                                                                     \
    if (real == NULL)                                                                                                  \
    *(void **)&real = dlsym(RTLD_NEXT, #name)
/* A function whose failure is one value (and an errno). */
#define FAILS(type, name, parameters, arguments, failure)                                                              \
    type name parameters                                                                                               \
    {                                                                                                                  \
        REAL(name);                                                                                                    \
        return DUE(name) ? (failure) : real arguments;                                                                 \
    }
/* One that gives something which another takes back. */
#define GIVES(kind, type, name, parameters, arguments)                                                                 \
    type name parameters                                                                                               \
    {                                                                                                                  \
        REAL(name);                                                                                                    \
        return DUE(name) ? NULL : hold(kind, real arguments, PLACE);                                                   \
    }
#define TAKES(kind, type, name, parameters, arguments, what, back)                                                     \
    type name parameters                                                                                               \
    {                                                                                                                  \
        REAL(name);                                                                                                    \
        let_go(kind, what, PLACE);                                                                                     \
        back real arguments;                                                                                           \
    }

#endif
