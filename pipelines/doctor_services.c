/* doctor_services: does PostgreSQL answer, with our schema and about our time; does Kafka, with our topics? */
#include "lib/base/clock.h"
#include "lib/flow/bus.h"
#include "lib/flow/services.h"
#include "lib/flow/topics.h"
#include "lib/ledger/cluster.h"
#include "pipelines/doctor.h"

#include <math.h>

enum { ANSWER_MS = 8000, OLDEST_SERVER = 130000 };
static const double CLOCK_OFF_S = 2, CLOCK_WRONG_S = 300;

/* Times of the ledger are PostgreSQL's; the slot of a run is found by this machine's clock. */
static void clocks(struct doctor *doctor, double ahead_s)
{
    const char *remedy = "set both by NTP (chrony, systemd-timesyncd): the slot of a run is found by this one";
    if (fabs(ahead_s) < CLOCK_OFF_S)
        finding_ok(&doctor->findings, "clock", "within %.0f s of PostgreSQL's", CLOCK_OFF_S);
    else if (fabs(ahead_s) < CLOCK_WRONG_S)
        finding_warning(&doctor->findings, "clock", remedy, "%.1f s %s PostgreSQL's", fabs(ahead_s),
                        ahead_s > 0 ? "ahead of" : "behind");
    else
        finding_bad(&doctor->findings, "clock", ERR_SYSTEM, remedy, "%.0f s %s PostgreSQL's", fabs(ahead_s),
                    ahead_s > 0 ? "ahead of" : "behind");
}

static void server(struct doctor *doctor, const struct rows *rows)
{
    const char *version = row_text(rows, 0, 1);
    int64_t used = row_int(rows, 0, 4), most = row_int(rows, 0, 5);
    if (row_int(rows, 0, 0) < OLDEST_SERVER)
        finding_bad(&doctor->findings, "postgresql", ERR_VERSION, "use 13 or newer", "it is %s", version);
    else if (row_bool(rows, 0, 3))
        finding_bad(&doctor->findings, "postgresql", ERR_REFUSED, "name the primary in site.postgres",
                    "%s, a standby, which takes no writes", version);
    else if (row_bool(rows, 0, 6))
        finding_bad(&doctor->findings, "postgresql", ERR_REFUSED, "set it off when that is over",
                    "%s, takes no writes: default_transaction_read_only is on", version);
    else if (used * 10 > most * 9)
        finding_warning(&doctor->findings, "postgresql", "raise max_connections: each worker needs two",
                        "%s, %lld of %lld connections are in use", version, (long long)used, (long long)most);
    else
        finding_ok(&doctor->findings, "postgresql", "%s, %s", version,
                   site_postgres_embedded(doctor->site) ? "private" : "answers");
}

static void schema(struct doctor *doctor)
{
    int behind = -1;
    struct err err;
    if (!ledger_behind(doctor->ledger, doctor->arena, &behind, &err))
        finding_bad(&doctor->findings, "schema", err.code == ERR_INTERNAL ? ERR_VERSION : err.code, NULL, "%s",
                    err.text);
    else if (behind > 0)
        finding_warning(&doctor->findings, "schema", "tidemill init or the next run makes them",
                        "%d migrations are missing in the database", behind);
    else
        finding_ok(&doctor->findings, "schema", "is this program's");
    doctor->schema = behind == 0;
}

/* A private server that does not run is no illness: a run starts it. */
static bool private_rests(struct doctor *doctor, const char *conninfo)
{
    bool made;
    struct err err;
    if (conninfo != NULL)
        return false;
    if (!cluster_made(doctor->site->state, &made, &err))
        finding_bad(&doctor->findings, "postgresql", err.code, NULL, "%s", err.text);
    else if (made)
        finding_warning(&doctor->findings, "postgresql",
                        "tidemill up and tidemill run start it; then ask again for the rest",
                        "the private server does not run");
    else
        finding_ok(&doctor->findings, "postgresql", "private, not made yet; tidemill run and tidemill up make it");
    return true;
}

static void postgresql(struct doctor *doctor)
{
    struct err err;
    struct rows rows;
    const char *conninfo = NULL;
    if (!services_postgres(doctor->site, doctor->arena, &conninfo, &err) && private_rests(doctor, conninfo))
        return;
    struct ledger *ledger = ledger_open(doctor->arena, conninfo, "tidemill doctor", &err);
    int64_t before = clock_wall_us();
    if (ledger == NULL || !ledger_exec(ledger, doctor->arena, STATEMENT_DOCTOR_SERVER, NO_PARAMS, &rows, &err)) {
        finding_bad(&doctor->findings, "postgresql", err.code,
                    "start it, or mend site.postgres; passwords stand in ~/.pgpass or PGPASSWORD", "%s", err.text);
        return;
    }
    int64_t middle = before + (clock_wall_us() - before) / 2;
    doctor->ledger = ledger;
    server(doctor, &rows);
    schema(doctor);
    clocks(doctor, (double)(middle - row_int(&rows, 0, 2)) / 1e6);
}

static void kafka(struct doctor *doctor)
{
    struct err err;
    struct bus *bus;
    struct pairs properties;
    const struct site *site = doctor->site;
    struct texts topics = topics_of_site(site, doctor->arena);
    bool own = site_kafka(site) == SITE_KAFKA_CLUSTER;
    if (!services_kafka(site, doctor->arena, &properties, &err)) {
        if (own)
            finding_bad(&doctor->findings, "kafka", err.code, NULL, "%s", err.text);
        else
            finding_ok(&doctor->findings, "kafka", "private, does not run; tidemill run and tidemill up start it");
        return;
    }
    if (bus_open(&bus, doctor->arena, &properties, "tidemill", &err) && bus_sees(bus, &topics, ANSWER_MS, &err))
        finding_ok(&doctor->findings, "kafka", "%s, %zu topics", own ? "answers" : "private", topics.count);
    else if (own)
        finding_bad(&doctor->findings, "kafka", err.code, NULL, "%s", err.text);
    else
        finding_warning(&doctor->findings, "kafka",
                        "the ledger carries the work meanwhile; tidemill down and tidemill up start it anew", "%s",
                        err.text);
}

void doctor_services(struct doctor *doctor)
{
    postgresql(doctor);
    kafka(doctor);
}
