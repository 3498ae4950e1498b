/*
 * gc: frees the files of the store that nothing needs: artifacts of old runs (ledger.unneeded), files that no ledger
 * row names because the attempt that made them was killed, and damaged files that were set aside.
 *
 * The ledger comes first: under a lock that keeps completions out, artifacts are marked as removed, so that nothing
 * reuses them; after that is committed their files go. Killed at any point, it leaves at most files that the next one
 * finds. A file of the last day is never freed: a task may be about to name it.
 */
#include "lib/base/json.h"
#include "lib/flow/own_store.h"
#include "lib/store/sweep.h"
#include "pipelines/command.h"
#include "pipelines/format.h"
#include "pipelines/services.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { YOUNG_S = 24 * 60 * 60 };

enum gc_class { GC_OLD, GC_UNNAMED, GC_DAMAGED, GC_CLASSES };
static const char *const class_names[] = {"old", "unnamed", "damaged"};
static const char *const class_texts[] = {
    "artifacts of runs long past, which no model and no newest run needs",
    "files that no task made: killed attempts, old checkpoints, what an earlier gc did not come to",
    "damaged files that were set aside",
};

struct gc {
    struct store store;
    struct rows known; /* digest in hex, kept | old | removed; in order */
    int64_t keep_s;
    bool delete;
    int64_t files[GC_CLASSES], bytes[GC_CLASSES];
};

/* What the ledger says of a digest, NULL where it does not know it. */
static const char *known_as(const struct gc *gc, const char *hex)
{
    int low = 0, high = gc->known.count - 1;
    while (low <= high) {
        int middle = low + (high - low) / 2, order = strcmp(hex, row_text(&gc->known, middle, 0));
        if (order == 0)
            return row_text(&gc->known, middle, 1);
        if (order < 0)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return NULL;
}

/* GC_CLASSES where it stays. */
static enum gc_class class_of(const struct gc *gc, const struct store_item *item)
{
    char hex[DIGEST_HEX];
    digest_hex(&item->digest, hex);
    const char *known = known_as(gc, hex);
    if (item->age_s < YOUNG_S)
        return GC_CLASSES;
    if (item->damaged)
        return item->age_s < gc->keep_s ? GC_CLASSES : GC_DAMAGED;
    if (known == NULL || strcmp(known, "removed") == 0)
        return GC_UNNAMED;
    return strcmp(known, "old") == 0 ? GC_OLD : GC_CLASSES;
}

static bool visit(void *context, const struct store_item *item, struct err *err)
{
    struct gc *gc = context;
    enum gc_class class = class_of(gc, item);
    bool freed = true;
    if (class == GC_CLASSES)
        return true;
    if (gc->delete &&!store_free(&gc->store, item, YOUNG_S, &freed, err))
        return false;
    gc->files[class] += freed;
    gc->bytes[class] += freed ? item->bytes : 0;
    return true;
}

/* What is known of the store; where things are freed, those that are old are marked in the same transaction. */
static bool take_stock(struct gc *gc, struct session *session, struct ledger *ledger, const struct site *site,
                       struct err *err)
{
    struct arena *arena = session->arena;
    const char *keep = param_int(arena, site->keep_ms);
    if (!gc->delete)
        return ledger_exec(ledger, arena, STATEMENT_GC_ARTIFACTS, PARAMS(keep), &gc->known, err);
    if (!ledger_begin(ledger, err))
        return false;
    if (ledger_exec(ledger, arena, STATEMENT_GC_LOCK, NO_PARAMS, NULL, err) &&
        ledger_exec(ledger, arena, STATEMENT_GC_ARTIFACTS, PARAMS(keep), &gc->known, err) &&
        ledger_exec(ledger, arena, STATEMENT_GC_MARK, PARAMS(keep), NULL, err) &&
        ledger_exec(ledger, arena, STATEMENT_AUDIT_ADD,
                    PARAMS(session_actor(arena), "store.free", gc->store.root, NULL,
                           arena_printf(arena, "{\"older_than_s\": %lld}", (long long)gc->keep_s)),
                    NULL, err) &&
        ledger_commit(ledger, err))
        return true;
    ledger_rollback(ledger);
    return false;
}

static void say(const struct gc *gc, struct session *session)
{
    int64_t files = 0;
    for (int i = 0; i < GC_CLASSES; i++) {
        files += gc->files[i];
        if (gc->files[i] > 0)
            printf("%-8s %8s  %10s  %s\n", class_names[i], format_count(session->arena, gc->files[i]),
                   format_bytes(session->arena, (double)gc->bytes[i]), class_texts[i]);
    }
    if (files == 0)
        puts("nothing to free");
    else
        puts(gc->delete ? "freed; what is known of them stays in the ledger"
                        : "nothing is freed yet: tidemill gc --delete");
}

static void say_json(const struct gc *gc, struct session *session)
{
    json_t *all = json_pack("{s:b}", "deleted", gc->delete);
    for (int i = 0; i < GC_CLASSES; i++)
        json_object_set_new(
            all, class_names[i],
            json_pack("{s:I, s:I}", "files", (json_int_t)gc->files[i], "bytes", (json_int_t)gc->bytes[i]));
    puts(json_canonical(session->arena, json_keep(session->arena, all)));
}

bool gc_command(struct session *session, struct err *err)
{
    struct site site;
    struct services services;
    struct gc gc = {.delete = session->arguments.delete};
    if (!session_site_operand(session, &site, NULL, err) || !services_ledger(&services, session->arena, &site, err) ||
        !own_store_open(&gc.store, session->arena, services.ledger, site.store, err))
        return false;
    gc.keep_s = site.keep_ms / 1000;
    if (!take_stock(&gc, session, services.ledger, &site, err) || !store_each(&gc.store, visit, &gc, err))
        return false;
    if (session->arguments.json)
        say_json(&gc, session);
    else
        say(&gc, session);
    return true;
}
