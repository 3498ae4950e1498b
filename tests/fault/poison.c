/*
 * poison: libxml2's HTML parser and uchardet, made to do what a hostile document might make a library do. Loaded before
 * them (LD_PRELOAD), so that the programs need no hook. What data that hold one of these words do:
 *
 *   poison-crash    a write to address 0        poison-memory   all memory that is to be had is taken
 *   poison-hang     nothing, for ever           poison-later    nothing now; the document after it crashes
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <libxml/HTMLparser.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <uchardet/uchardet.h>
#include <unistd.h>

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

static void swallow(const char *data, size_t len)
{
    if (later || holds(data, len, "poison-crash"))
        crash();
    if (holds(data, len, "poison-hang"))
        for (;;)
            pause();
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
