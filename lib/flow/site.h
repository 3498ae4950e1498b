/*
 * site: where the work is done: services, folders, workers and prices. One file per machine or team, or the `site:` key
 * of a definition; everything has a default. Used by the runner, the workers and the registry.
 */
#ifndef LIB_FLOW_SITE_H
#define LIB_FLOW_SITE_H

#include "lib/flow/definition.h"

enum site_kafka { SITE_KAFKA_EMBEDDED, SITE_KAFKA_APACHE, SITE_KAFKA_CLUSTER };

struct site_workers { /* processes per stage; 0: as many as there are processors */
    bool start;       /* by tidemill run and up, on this machine */
    int64_t ingest, clean, tokenize, train, evaluate, registry;
};

struct site_prices {
    struct money cpu_hour, gpu_hour, storage_gb_month;
};

struct site {
    const char *state;          /* absolute folder, from --state, $TIDEMILL_STATE or the default; not an option */
    const char *file;           /* where the settings stand, or would; NULL: all defaults */
    const char *store;          /* absolute folder of the artifacts */
    const char *postgres;       /* "embedded" or a libpq connection string */
    struct pairs kafka;         /* as written: one pair without key ("embedded", "apache"), or librdkafka properties */
    struct pairs kafka_secrets; /* property -> env:NAME or file:PATH; see site_kafka_properties */
    const char *topic_prefix;
    int64_t partitions;                       /* of a topic */
    int64_t replication, min_insync_replicas; /* of a topic in a cluster; 0: what suits it (topics.c) */
    int64_t lease_ms;                         /* how long a claimed task stays a worker's without a heartbeat */
    int64_t attempts;                         /* of a task before it counts as failed */
    int64_t stall_ms, stall_step_ms;          /* how long work on one document, and another step, may take */
    int64_t memory;                           /* bytes per worker; 0: no limit */
    int64_t keep_ms;                          /* how long artifacts that nothing needs are kept */
    int64_t threads;                          /* per worker; 0: processors / workers of the stage */
    struct site_workers workers;
    struct site_prices prices;
};

extern const struct section site_section; /* path "site" */

/* The state folder: `state` where given (the --state option), else $TIDEMILL_STATE, else the default; made absolute. */
bool site_state(struct arena *arena, const char *state, const char **folder, struct err *err) MUST_CHECK;

/* Bind what stands at `site` in a definition that was read (its errors are left among the definition's), with defaults
 * for the rest. `state` may be NULL. */
bool site_of_definition(struct definition *definition, struct arena *arena, const char *state, struct site *site,
                        struct err *err) MUST_CHECK;

/* For workers and the registry: `file` is a site file, or a definition whose `site:` counts, or NULL (all defaults). */
bool site_read(struct arena *arena, const char *file, const char *state, struct site *site, struct err *err) MUST_CHECK;

enum site_kafka site_kafka(const struct site *site);
/* librdkafka's properties of a real cluster with the secrets filled in; never log them. */
bool site_kafka_properties(const struct site *site, struct arena *arena, struct pairs *properties,
                           struct err *err) MUST_CHECK;
bool site_postgres_embedded(const struct site *site);
/* Worker processes for a stage on this machine. */
int64_t site_worker_count(const struct site *site, const char *stage);

#endif
