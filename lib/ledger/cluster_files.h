/* cluster_files: the folders, settings and programs of the private PostgreSQL. Only cluster.c uses this. */
#ifndef LIB_LEDGER_CLUSTER_FILES_H
#define LIB_LEDGER_CLUSTER_FILES_H

#include "lib/base/arena.h"

#include <sys/types.h>

struct cluster {
    struct arena *arena;
    const char *home;   /* <state>/postgres */
    const char *data;   /* <state>/postgres/data */
    const char *socket; /* the folder of the socket, or an abstract name "@..." where its path would be too long */
    const char *log;    /* what the server says */
    const char *setup;  /* what initdb and pg_ctl say */
    const char *bin;    /* the folder of the server's programs; NULL until cluster_find_programs() */
    int version;        /* of the programs: 15; 0 until then */
    bool as_other;      /* we are root: another user runs it */
    uid_t uid;          /* who runs it */
    gid_t gid;
    const char *user; /* their name */
};

bool cluster_describe(struct cluster *cluster, struct arena *arena, const char *state, struct err *err) MUST_CHECK;
bool cluster_find_programs(struct cluster *cluster, struct err *err) MUST_CHECK;
/* Whether the user who runs it can enter its folder. Root's folders are often closed to others, which initdb would say
 * at length. */
bool cluster_reachable(struct cluster *cluster, struct err *err) MUST_CHECK;
/* Makes the data folder where there is none. */
bool cluster_make(struct cluster *cluster, struct err *err) MUST_CHECK;
/* Settings, who may connect; written anew before every start. */
bool cluster_settings(struct cluster *cluster, struct err *err) MUST_CHECK;
/* A program of the server (NULL-terminated argv without argv[0]'s folder), as the user who runs it. */
bool cluster_program(struct cluster *cluster, const char *const argv[], struct err *err) MUST_CHECK;
char *cluster_conninfo(const struct cluster *cluster, const char *database);

#endif
