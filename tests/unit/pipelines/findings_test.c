/* findings: one line each, JSON, and the exit status of what is bad. */
#include "pipelines/findings.h"
#include "tests/unit/tap.h"

static void shows(struct findings *findings)
{
    SAME(finding_line(findings, &findings->item[0]), "ok       clock       within 2 s", "what is well");
    SAME(finding_line(findings, &findings->item[1]), "warning  space       1 MB are left; make room",
         "what to do stands behind it");
    SAME(finding_line(findings, &findings->item[2]), "bad      kafka       refused, twice",
         "what a service said stands in one line, without its last line's end");
    SAME(json_canonical(findings->arena, json_array_get(findings_json(findings), 1)),
         "{\"check\":\"space\",\"level\":\"warning\",\"remedy\":\"make room\",\"says\":\"1 MB are left\"}", "as JSON");
    OK(json_is_null(json_object_get(json_array_get(findings_json(findings), 0), "remedy")), "nothing to do is null");
}

int main(void)
{
    struct err err = {.code = ERR_OK};
    struct arena arena;
    arena_init(&arena);
    struct findings findings = {.arena = &arena};
    OK(findings_outcome(&findings, &err), "nothing found is nothing bad");
    finding_ok(&findings, "clock", "within %d s", 2);
    finding_warning(&findings, "space", "make room", "%d MB are left", 1);
    OK(findings_outcome(&findings, &err), "a warning is not bad");
    finding_bad(&findings, "kafka", ERR_SERVICE, NULL, "refused,\ntwice\n");
    finding_bad(&findings, "store", ERR_SYSTEM, "give it to us", "cannot be written");
    shows(&findings);
    OK(!findings_outcome(&findings, &err) && err.code == ERR_SERVICE, "the first that is bad gives the exit status");
    SAME(err.text, "doctor: bad: kafka, store; what to do stands beside each", "and all are named");
    arena_release(&arena);
    return DONE();
}
