/*
 * poison: libraries, made to do what a hostile document or a fault might make them do. Loaded before them (LD_PRELOAD),
 * so that the programs need no hook.
 *
 * What data that hold one of these words do to libxml2's HTML parser and to uchardet:
 *
 *   poison-crash    a write to address 0        poison-memory   all memory that is to be had is taken
 *   poison-hang     nothing, for ever           poison-later    nothing now; the document after it crashes
 *
 * Where tokenizing and evaluation hash a word of a document (XXH64), the words poisontokenscrash, poisontokenshang and
 * poisontokensmemory do the same.
 *
 * $POISON_HANGS/PROGRAM: a program with such a file hangs in the middle of its work, of OpenBLAS, a sort, or a verdict;
 * with PROGRAM.once it does so once.
 */
#define _GNU_SOURCE
#include <cblas.h>
#include <dlfcn.h>
#include <errno.h>
#include <jansson.h>
#include <libxml/HTMLparser.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uchardet/uchardet.h>
#include <unistd.h>
#include <xxhash.h>

/* Without site.memory it would take the machine's. */
#define MOST ((size_t)3 << 30)

static int later;

static int holds(const char *data, size_t len, const char *word)
{
    return memmem(data, len, word, strlen(word)) != NULL;
}

static void crash(void)
{
    raise(SIGSEGV);
}

static void take_memory(void)
{
    size_t taken = 0;
    for (size_t piece = (size_t)16 << 20; piece >= 64; piece /= 2)
        while (taken < MOST && malloc(piece) != NULL)
            taken += piece;
}

static void hang(void)
{
    for (;;)
        pause();
}

static void swallow(const char *data, size_t len)
{
    if (later || holds(data, len, "poison-crash"))
        crash();
    if (holds(data, len, "poison-hang"))
        hang();
    if (holds(data, len, "poison-memory"))
        take_memory();
    later = holds(data, len, "poison-later");
}

htmlDocPtr htmlCtxtReadMemory(htmlParserCtxtPtr parser, const char *data, int size, const char *url,
                              const char *encoding, int options)
{
    static htmlDocPtr (*real)(htmlParserCtxtPtr, const char *, int, const char *, const char *, int);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "htmlCtxtReadMemory");
    swallow(data, (size_t)size);
    return real(parser, data, size, url, encoding, options);
}

int uchardet_handle_data(uchardet_t detector, const char *data, size_t len)
{
    static int (*real)(uchardet_t, const char *, size_t);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "uchardet_handle_data");
    swallow(data, len);
    return real(detector, data, len);
}

XXH64_hash_t XXH64(const void *data, size_t len, XXH64_hash_t seed)
{
    static XXH64_hash_t (*real)(const void *, size_t, XXH64_hash_t);
    static const char word[] = "poisontokens";
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "XXH64");
    const char *at = len > sizeof word ? memmem(data, len, word, strlen(word)) : NULL;
    if (at != NULL) {
        size_t left = len - (size_t)(at - (const char *)data);
        if (holds(at, left, "poisontokenscrash"))
            crash();
        if (holds(at, left, "poisontokenshang"))
            hang();
        if (holds(at, left, "poisontokensmemory"))
            take_memory(); /* what needs some after it will fail */
    }
    return real(data, len, seed);
}

static void hang_where_told(void)
{
    char path[4096];
    const char *folder = getenv("POISON_HANGS");
    if (folder == NULL)
        return;
    snprintf(path, sizeof path, "%s/%s.once", folder, program_invocation_short_name);
    if (unlink(path) == 0)
        hang();
    snprintf(path, sizeof path, "%s/%s", folder, program_invocation_short_name);
    if (access(path, F_OK) == 0)
        hang();
}

void cblas_sgemm(enum CBLAS_ORDER order, enum CBLAS_TRANSPOSE a_form, enum CBLAS_TRANSPOSE b_form, blasint m, blasint n,
                 blasint k, float alpha, const float *a, blasint a_stride, const float *b, blasint b_stride, float beta,
                 float *c, blasint c_stride)
{
    static void (*real)(enum CBLAS_ORDER, enum CBLAS_TRANSPOSE, enum CBLAS_TRANSPOSE, blasint, blasint, blasint, float,
                        const float *, blasint, const float *, blasint, float, float *, blasint);
    static int calls;
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "cblas_sgemm");
    if (++calls > 500) /* not at the very beginning */
        hang_where_told();
    real(order, a_form, b_form, m, n, k, alpha, a, a_stride, b, b_stride, beta, c, c_stride);
}

void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    static void (*real)(void *, size_t, size_t, int (*)(const void *, const void *));
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "qsort");
    if (strcmp(program_invocation_short_name, "tidemill-clean") == 0 && size == 16 && count > 20) /* documents */
        hang_where_told();
    real(base, count, size, compare);
}

json_t *json_loadb(const char *data, size_t len, size_t flags, json_error_t *error)
{
    static json_t *(*real)(const char *, size_t, size_t, json_error_t *);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "json_loadb");
    if (strcmp(program_invocation_short_name, "tidemill-registry") == 0 && holds(data, len, "\"within_noise\""))
        hang_where_told();
    return real(data, len, flags, error);
}
