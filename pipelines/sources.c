/* sources: see sources.h. */
#include "pipelines/sources.h"

static bool put_source(struct loaded *loaded, struct ledger *ledger, struct arena *arena, const char *place,
                       const char *run, struct err *err)
{
    struct money money;
    const char *name = load_text(loaded, arena, place, "name"), *type = load_text(loaded, arena, place, "type");
    const char *licence = load_text(loaded, arena, place, "licence"), *basis = load_text(loaded, arena, place, "basis");
    const struct node *price =
        definition_find(&loaded->definition, arena_printf(arena, "%s.price", place)); /* checked when it was loaded */
    if (!ledger_exec(ledger, arena, STATEMENT_SOURCE_PUT, PARAMS(name, type ? type : "files", licence, basis), NULL,
                     err))
        return false;
    if (!price || !price->text || !quantity_money(price->text, &money) || money.micros == 0)
        return true;
    const char *amount =
        arena_printf(arena, "%lld.%06lld", (long long)(money.micros / 1000000), (long long)(money.micros % 1000000));
    return ledger_exec(ledger, arena, STATEMENT_SOURCE_CHARGE, PARAMS(name, run, amount, money.currency), NULL, err);
}

bool sources_put(struct loaded *loaded, struct ledger *ledger, struct arena *arena, const char *run, struct err *err)
{
    size_t count = definition_count(&loaded->definition, "ingest.sources");
    for (size_t i = 0; i < count; i++)
        if (!put_source(loaded, ledger, arena, arena_printf(arena, "ingest.sources[%zu]", i), run, err))
            return false;
    return true;
}
