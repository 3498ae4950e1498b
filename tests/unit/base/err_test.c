#include "lib/base/err.h"
#include "tests/unit/tap.h"

#include <errno.h>

int main(void)
{
    struct err err = {ERR_OK, ""};
    OK(!err_set(&err, ERR_DEFINITION, "\"%s\" is not a language code", "xx"), "err_set gives false");
    OK(!err_wrap(&err, "%s:%d", "nightly.yaml", 14), "so does err_wrap");
    SAME(err.text, "nightly.yaml:14: \"xx\" is not a language code", "context stands in front");
    errno = ENOSPC;
    OK(!err_errno(&err, "/srv/store"), "a refusal of the system");
    SAME(err.text, "/srv/store: No space left on device", "says why");
    OK(err_status(ERR_BUDGET) == 5 && err_status(ERR_INTERNAL) == 70, "exit statuses");
    OK(err_action(ERR_SERVICE) == ERR_RETRY && err_action(ERR_INPUT) == ERR_DROP, "what the caller should do");
    SAME(err_name(ERR_SLOT), "SLOT", "names");
    for (int i = 0; i < 200; i++)
        err_wrap(&err, "a context that is repeated until the text is full");
    OK(strlen(err.text) < sizeof err.text, "a long text is cut, not overrun");
    return DONE();
}
