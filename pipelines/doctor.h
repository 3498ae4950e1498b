/*
 * doctor: what tidemill doctor looks at, each room of it in a file of its own. Nothing is started, made or changed.
 */
#ifndef PIPELINES_DOCTOR_H
#define PIPELINES_DOCTOR_H

#include "lib/flow/site.h"
#include "lib/ledger/ledger.h"
#include "pipelines/findings.h"

struct doctor {
    struct arena *arena;
    const struct site *site;
    const char *file; /* that the settings were read for; NULL: none */
    struct findings findings;
    struct ledger *ledger; /* NULL where PostgreSQL does not answer */
    bool store;            /* its folder answers */
    bool schema;           /* the ledger is there, and this program's */
};

void doctor_machine(struct doctor *doctor);  /* programs, folders, space, pid files, damaged artifacts */
void doctor_services(struct doctor *doctor); /* PostgreSQL, its schema and clock; Kafka and its topics */
void doctor_ledger(struct doctor *doctor);   /* rights, and what was left half-done */

#endif
