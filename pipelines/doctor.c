/* doctor: is everything there that a run needs, and was anything left behind? One line each, with what to do. */
#include "pipelines/doctor.h"

#include "pipelines/command.h"

#include <stdio.h>

bool doctor_command(struct session *session, struct err *err)
{
    struct site site;
    const struct arguments *arguments = &session->arguments;
    const char *file = arguments->operand_count > 0 ? arguments->operands[0] : arguments->site;
    if (!site_read(session->arena, file, arguments->state, &site, err))
        return false;
    struct doctor doctor = {
        .arena = session->arena, .site = &site, .file = file, .findings = {.arena = session->arena}};
    doctor_machine(&doctor);
    doctor_services(&doctor);
    doctor_ledger(&doctor);
    const struct findings *findings = &doctor.findings;
    if (arguments->json)
        puts(json_canonical(session->arena, findings_json(findings)));
    else
        for (size_t i = 0; i < findings->count; i++)
            puts(finding_line(findings, &findings->item[i]));
    return findings_outcome(findings, err);
}
