/* adopt: makes the folder of the site the ledger's store, where the one before was lost or replaced. */
#include "lib/flow/own_store.h"
#include "pipelines/command.h"
#include "pipelines/services.h"

#include <stdio.h>

bool adopt_command(struct session *session, struct err *err)
{
    struct site site;
    struct services services;
    struct store store;
    bool changed;
    if (!session_site_operand(session, &site, NULL, err) || !services_ledger(&services, session->arena, &site, err) ||
        !own_store_adopt(&store, session->arena, services.ledger, site.store, session_actor(session->arena), &changed,
                         err))
        return false;
    printf(changed ? "%s is this ledger's store now (%s); what it lacks is made again when it is needed\n"
                   : "%s is this ledger's store already (%s)\n",
           site.store, store.id);
    return true;
}
