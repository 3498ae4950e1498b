/*
 * interpose: a library to preload that makes one call of one function fail, the way the real one does.
 *
 * Only calls from the main program's own text count: what libraries call inside themselves is left alone. Programs that
 * it executes run without this library. Environment:
 *   CALL_REPORT=FILE                   at exit: every call ("call FUNCTION NUMBER CHAIN PLACE"), what was acquired and
 * not given back ("held KIND COUNT") CALL_FAIL=FUNCTION:NUMBER:HOW      this call fails; HOW is an errno's number or
 * one of the words below CHAIN is a hash of the callers in the program, so that a call in a helper counts once for each
 * way to it.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <jansson.h>
#include <libpq-fe.h>
#include <link.h>
#include <lz4frame.h>
#include <lzma.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>
#include <zlib.h>
#include <zstd.h>

enum { FUNCTIONS = 128, CALLS = 1 << 18, OWNED = 1 << 16, FRAMES = 24, CHAIN = 8 };

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *ptr, size_t bytes);
void __libc_free(void *ptr);

struct call {
    char function[32];
    int number;
    uint32_t chain;
    uintptr_t place;
};

/* Shared with forked children, so that their calls are counted too. */
static struct shared {
    atomic_int count[FUNCTIONS], calls, fired;
    struct call call[CALLS];
} * shared;

enum kind {
    KIND_MEMORY,
    KIND_FOLDER,
    KIND_MAPPING,
    KIND_RESULT,
    KIND_CONNECTION,
    KIND_CODEC,
    KIND_DIGEST,
    KIND_YAML,
    KINDS
};
static const char *const kind_names[KINDS] = {"memory",     "folder", "mapping", "PGresult",
                                              "connection", "codec",  "digest",  "parser"};
static atomic_int held[KINDS];
static void *owned[OWNED];
static pthread_mutex_t owned_lock = PTHREAD_MUTEX_INITIALIZER;
static uintptr_t text_begin, text_end, base;
static int open_at_start;
static char fail_function[32], fail_how[32];
static int fail_number;
static _Thread_local bool busy;

static int find_text(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size, (void)data;
    base = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD && (info->dlpi_phdr[i].p_flags & PF_X)) {
            text_begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
            text_end = text_begin + info->dlpi_phdr[i].p_memsz;
        }
    return 1; /* the first is the main program */
}

static bool inside(uintptr_t address)
{
    return address >= text_begin && address < text_end;
}

static int open_files(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (folder != NULL && readdir(folder) != NULL)
        count++;
    if (folder != NULL)
        closedir(folder);
    return count;
}

__attribute__((constructor)) static void begin(void)
{
    void *frames[FRAMES];
    const char *fail = getenv("CALL_FAIL");
    unsetenv("LD_PRELOAD");
    backtrace(frames, FRAMES); /* the first one loads a library */
    dl_iterate_phdr(find_text, NULL);
    if (fail != NULL && sscanf(fail, "%31[^:]:%d:%31s", fail_function, &fail_number, fail_how) != 3)
        abort();
    void *memory =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        abort();
    open_at_start = open_files();
    shared = memory;
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("CALL_REPORT");
    int left = open_files() - open_at_start;
    FILE *report = path == NULL ? NULL : fopen(path, "w");
    if (report == NULL)
        return;
    for (int i = 0; fail_number == 0 && i < shared->calls; i++)
        fprintf(report, "call %s %d %x %lx\n", shared->call[i].function, shared->call[i].number, shared->call[i].chain,
                (unsigned long)shared->call[i].place);
    for (int i = 0; i < KINDS; i++)
        if (held[i] != 0)
            fprintf(report, "held %s %d\n", kind_names[i], held[i]);
    if (left != 0)
        fprintf(report, "held descriptor %d\n", left);
    fprintf(report, "fired %d\n", shared->fired);
    fclose(report);
}

/* A hash of the nearest callers in the program. */
static uint32_t chain_of(void)
{
    void *frames[FRAMES];
    uint32_t hash = 2166136261u;
    int count = backtrace(frames, FRAMES), used = 0;
    for (int i = 0; i < count && used < CHAIN; i++)
        if (inside((uintptr_t)frames[i])) {
            hash = (hash ^ (uint32_t)((uintptr_t)frames[i] - base)) * 16777619u;
            used++;
        }
    return hash;
}

/* Whether this call is ours and is the one to fail. */
static bool due(int id, const char *function, void *place)
{
    if (shared == NULL || busy || !inside((uintptr_t)place))
        return false;
    int number = atomic_fetch_add(&shared->count[id], 1) + 1;
    if (fail_number == 0) {
        int at = atomic_fetch_add(&shared->calls, 1);
        if (at >= CALLS)
            abort();
        busy = true;
        shared->call[at] = (struct call){.number = number, .chain = chain_of(), .place = (uintptr_t)place - base};
        snprintf(shared->call[at].function, sizeof shared->call[at].function, "%s", function);
        busy = false;
        return false;
    }
    if (number != fail_number || strcmp(function, fail_function) != 0)
        return false;
    shared->fired = 1;
    errno = (int)strtol(fail_how, NULL, 10);
    return true;
}

static bool how(const char *word)
{
    return strcmp(fail_how, word) == 0;
}

static void *hold(enum kind kind, void *ptr, void *place)
{
    if (ptr != NULL && inside((uintptr_t)place))
        held[kind]++;
    return ptr;
}

static void let_go(enum kind kind, const void *ptr, void *place)
{
    if (ptr != NULL && inside((uintptr_t)place))
        held[kind]--;
}

#define PLACE     __builtin_return_address(0)
#define DUE(name) due(__COUNTER__, #name, PLACE)
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

/* Files. */

FAILS(int, mkostemp, (char *path, int flags), (path, flags), -1)
FAILS(int, fsync, (int fd), (fd), -1)
FAILS(int, fchmod, (int fd, mode_t mode), (fd, mode), -1)
FAILS(int, chmod, (const char *path, mode_t mode), (path, mode), -1)
FAILS(int, rename, (const char *from, const char *to), (from, to), -1)
FAILS(int, mkdir, (const char *path, mode_t mode), (path, mode), -1)
FAILS(int, unlink, (const char *path), (path), -1)
FAILS(int, remove, (const char *path), (path), -1)
FAILS(int, access, (const char *path, int mode), (path, mode), -1)
FAILS(int, stat, (const char *restrict path, struct stat *restrict info), (path, info), -1)
FAILS(int, lstat, (const char *restrict path, struct stat *restrict info), (path, info), -1)
FAILS(int, fstat, (int fd, struct stat *info), (fd, info), -1)
GIVES(KIND_FOLDER, DIR *, opendir, (const char *path), (path))
TAKES(KIND_FOLDER, int, closedir, (DIR * folder), (folder), folder, return )
FAILS(struct dirent *, readdir, (DIR * folder), (folder), NULL)
TAKES(KIND_MAPPING, int, munmap, (void *data, size_t bytes), (data, bytes), data, return )

int open(const char *path, int flags, ...)
{
    static int (*real)(const char *, int, ...);
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "open");
    return DUE(open) ? -1 : real(path, flags, mode);
}

void *mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t offset)
{
    REAL(mmap);
    return DUE(mmap) ? MAP_FAILED : hold(KIND_MAPPING, real(at, bytes, protection, flags, fd, offset), PLACE);
}

ssize_t read(int fd, void *data, size_t len)
{
    REAL(read);
    if (!DUE(read))
        return real(fd, data, len);
    return how("short") ? real(fd, data, (len + 7) / 8) : -1;
}

ssize_t write(int fd, const void *data, size_t len)
{
    REAL(write);
    if (!DUE(write))
        return real(fd, data, len);
    return how("short") ? real(fd, data, (len + 7) / 8) : -1;
}

int close(int fd)
{
    REAL(close);
    if (!DUE(close))
        return real(fd);
    int reason = errno;
    real(fd);
    errno = reason;
    return -1;
}

/* Memory: what our own code asks for, known by its address. */

static void own(void *ptr)
{
    pthread_mutex_lock(&owned_lock);
    for (size_t i = ((uintptr_t)ptr >> 4) % OWNED, tries = 0; tries < OWNED; i = (i + 1) % OWNED, tries++)
        if (owned[i] == NULL || owned[i] == ptr) {
            held[KIND_MEMORY] += owned[i] == NULL;
            owned[i] = ptr;
            break;
        }
    pthread_mutex_unlock(&owned_lock);
}

/* What follows in the same row is moved up, so that it is found. */
static void disown(void *ptr)
{
    pthread_mutex_lock(&owned_lock);
    size_t i = ((uintptr_t)ptr >> 4) % OWNED;
    while (owned[i] != NULL && owned[i] != ptr)
        i = (i + 1) % OWNED;
    if (owned[i] == ptr) {
        owned[i] = NULL;
        held[KIND_MEMORY]--;
        for (i = (i + 1) % OWNED; owned[i] != NULL; i = (i + 1) % OWNED) {
            void *moved = owned[i];
            size_t to = ((uintptr_t)moved >> 4) % OWNED;
            owned[i] = NULL;
            while (owned[to] != NULL)
                to = (to + 1) % OWNED;
            owned[to] = moved;
        }
    }
    pthread_mutex_unlock(&owned_lock);
}

void *malloc(size_t bytes)
{
    if (DUE(malloc))
        return NULL;
    void *ptr = __libc_malloc(bytes);
    if (ptr != NULL && inside((uintptr_t)PLACE))
        own(ptr);
    return ptr;
}

void *calloc(size_t count, size_t bytes)
{
    if (DUE(calloc))
        return NULL;
    void *ptr = __libc_calloc(count, bytes);
    if (ptr != NULL && inside((uintptr_t)PLACE))
        own(ptr);
    return ptr;
}

void *realloc(void *old, size_t bytes)
{
    if (DUE(realloc))
        return NULL;
    bool ours = inside((uintptr_t)PLACE);
    if (ours && old != NULL)
        disown(old);
    void *ptr = __libc_realloc(old, bytes);
    if (ours && ptr != NULL)
        own(ptr);
    return ptr;
}

void free(void *ptr)
{
    if (ptr != NULL && inside((uintptr_t)PLACE))
        disown(ptr);
    __libc_free(ptr);
}

GIVES(KIND_DIGEST, EVP_MD_CTX *, EVP_MD_CTX_new, (void), ())
TAKES(KIND_DIGEST, void, EVP_MD_CTX_free, (EVP_MD_CTX * context), (context), context, (void))
FAILS(int, EVP_DigestInit_ex, (EVP_MD_CTX * context, const EVP_MD *type, ENGINE *engine), (context, type, engine), 0)

/* Compression. */

#define NO_MEMORY_ZSTD ((size_t)-64) /* ZSTD_error_memory_allocation */
GIVES(KIND_CODEC, ZSTD_CCtx *, ZSTD_createCCtx, (void), ())
TAKES(KIND_CODEC, size_t, ZSTD_freeCCtx, (ZSTD_CCtx * context), (context), context, return )
GIVES(KIND_CODEC, ZSTD_DStream *, ZSTD_createDStream, (void), ())
TAKES(KIND_CODEC, size_t, ZSTD_freeDStream, (ZSTD_DStream * stream), (stream), stream, return )
FAILS(size_t, ZSTD_CCtx_setParameter, (ZSTD_CCtx * context, ZSTD_cParameter key, int value), (context, key, value),
      NO_MEMORY_ZSTD)
FAILS(size_t, ZSTD_compress2, (ZSTD_CCtx * context, void *to, size_t room, const void *from, size_t len),
      (context, to, room, from, len), NO_MEMORY_ZSTD)
FAILS(size_t, ZSTD_decompressStream, (ZSTD_DStream * stream, ZSTD_outBuffer *out, ZSTD_inBuffer *in), (stream, out, in),
      NO_MEMORY_ZSTD)
FAILS(int, inflateInit2_, (z_streamp stream, int bits, const char *version, int size), (stream, bits, version, size),
      Z_MEM_ERROR)
FAILS(int, inflateReset, (z_streamp stream), (stream), Z_STREAM_ERROR)
FAILS(int, inflate, (z_streamp stream, int flush), (stream, flush), Z_MEM_ERROR)
FAILS(lzma_ret, lzma_stream_decoder, (lzma_stream * stream, uint64_t memory, uint32_t flags), (stream, memory, flags),
      LZMA_MEM_ERROR)
FAILS(lzma_ret, lzma_code, (lzma_stream * stream, lzma_action action), (stream, action), LZMA_MEM_ERROR)
#define NO_MEMORY_LZ4 ((size_t)-9) /* LZ4F_ERROR_allocation_failed */
FAILS(LZ4F_errorCode_t, LZ4F_createDecompressionContext, (LZ4F_dctx * *context, unsigned version), (context, version),
      NO_MEMORY_LZ4)
FAILS(size_t, LZ4F_decompress,
      (LZ4F_dctx * context, void *to, size_t *room, const void *from, size_t *taken,
       const LZ4F_decompressOptions_t *options),
      (context, to, room, from, taken, options), NO_MEMORY_LZ4)

/* YAML and JSON. */

FAILS(int, yaml_parser_initialize, (yaml_parser_t * parser), (parser), 0)

int yaml_parser_parse(yaml_parser_t *parser, yaml_event_t *event)
{
    REAL(yaml_parser_parse);
    if (!DUE(yaml_parser_parse))
        return real(parser, event);
    parser->error = YAML_MEMORY_ERROR;
    return 0;
}

/* libpq: a connection that is refused, lost before the command or after it, an answer that is an error, no memory. */

static void cut(PGconn *connection)
{
    if (PQsocket(connection) >= 0)
        shutdown(PQsocket(connection), SHUT_RDWR);
}

PGconn *PQconnectdbParams(const char *const *keys, const char *const *values, int expand)
{
    static const char *const nowhere_keys[] = {"host", "port", NULL}, *const nowhere[] = {"/nowhere", "1", NULL};
    REAL(PQconnectdbParams);
    if (!DUE(PQconnectdbParams))
        return hold(KIND_CONNECTION, real(keys, values, expand), PLACE);
    return how("memory") ? NULL : hold(KIND_CONNECTION, real(nowhere_keys, nowhere, 0), PLACE);
}
TAKES(KIND_CONNECTION, void, PQfinish, (PGconn * connection), (connection), connection, (void))
TAKES(KIND_RESULT, void, PQclear, (PGresult * result), (result), result, (void))

#define ASKS(name, parameters, arguments)                                                                              \
    PGresult *name parameters                                                                                          \
    {                                                                                                                  \
        REAL(name);                                                                                                    \
        if (!DUE(name))                                                                                                \
            return hold(KIND_RESULT, real arguments, PLACE);                                                           \
        if (how("memory"))                                                                                             \
            return NULL;                                                                                               \
        if (how("refused"))                                                                                            \
            return hold(KIND_RESULT, PQexec(connection, "SELECT 1 / 0"), PLACE);                                       \
        if (how("after"))                                                                                              \
            PQclear(real arguments);                                                                                   \
        cut(connection);                                                                                               \
        return hold(KIND_RESULT, how("after") ? PQexec(connection, "SELECT 1") : real arguments, PLACE);               \
    }
ASKS(PQexec, (PGconn * connection, const char *sql), (connection, sql))
ASKS(PQprepare, (PGconn * connection, const char *name, const char *sql, int count, const Oid *types),
     (connection, name, sql, count, types))
ASKS(PQexecPrepared,
     (PGconn * connection, const char *name, int count, const char *const *values, const int *lengths,
      const int *formats, int format),
     (connection, name, count, values, lengths, formats, format))

PGresult *PQgetResult(PGconn *connection)
{
    REAL(PQgetResult);
    if (DUE(PQgetResult))
        cut(connection);
    return hold(KIND_RESULT, real(connection), PLACE);
}

int PQputCopyData(PGconn *connection, const char *data, int len)
{
    REAL(PQputCopyData);
    if (!DUE(PQputCopyData))
        return real(connection, data, len);
    cut(connection);
    return -1;
}

int PQputCopyEnd(PGconn *connection, const char *reason)
{
    REAL(PQputCopyEnd);
    if (!DUE(PQputCopyEnd))
        return real(connection, reason);
    cut(connection);
    return -1;
}
