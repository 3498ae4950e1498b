/* findings: see findings.h. */
#include "pipelines/findings.h"

static const char *const words[] = {"ok", "warning", "bad"};

/* One line, whatever a service said. */
static void add(struct findings *findings, struct finding finding, const char *format, va_list args)
{
    struct buf says;
    buf_init(&says, findings->arena);
    buf_vprintf(&says, format, args);
    while (says.len > 0 && says.data[says.len - 1] == '\n')
        says.data[--says.len] = '\0';
    for (char *c = says.data; *c != '\0'; c++)
        if (*c == '\n')
            *c = ' ';
    finding.says = says.data;
    ARENA_PUSH(findings->arena, findings->item, findings->count, findings->capacity);
    findings->item[findings->count++] = finding;
}

void finding_ok(struct findings *findings, const char *check, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(findings, (struct finding){.level = FINDING_OK, .check = check}, format, args);
    va_end(args);
}

void finding_warning(struct findings *findings, const char *check, const char *remedy, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(findings, (struct finding){.level = FINDING_WARNING, .check = check, .remedy = remedy}, format, args);
    va_end(args);
}

void finding_bad(struct findings *findings, const char *check, enum err_code code, const char *remedy,
                 const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(findings, (struct finding){.level = FINDING_BAD, .code = code, .check = check, .remedy = remedy}, format, args);
    va_end(args);
}

const char *finding_line(const struct findings *findings, const struct finding *finding)
{
    return arena_printf(findings->arena, "%-8s %-11s %s%s%s", words[finding->level], finding->check, finding->says,
                        finding->remedy != NULL ? "; " : "", finding->remedy != NULL ? finding->remedy : "");
}

json_t *findings_json(const struct findings *findings)
{
    json_t *all = json_keep(findings->arena, json_array());
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->item[i];
        json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:s?}", "check", finding->check, "level",
                                             words[finding->level], "says", finding->says, "remedy", finding->remedy));
    }
    return all;
}

bool findings_outcome(const struct findings *findings, struct err *err)
{
    struct buf names;
    enum err_code code = ERR_OK;
    buf_init(&names, findings->arena);
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->item[i];
        if (finding->level != FINDING_BAD)
            continue;
        buf_printf(&names, "%s%s", code != ERR_OK ? ", " : "", finding->check);
        if (code == ERR_OK)
            code = finding->code;
    }
    return code == ERR_OK || err_set(err, code, "doctor: bad: %s; what to do stands beside each", names.data);
}
