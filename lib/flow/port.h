/* port: a TCP port of loopback for a private service. */
#ifndef LIB_FLOW_PORT_H
#define LIB_FLOW_PORT_H

#include <stdbool.h>

/* One that nobody listens on now; 0 where there is none. Somebody else may take it before it is used. */
int port_choose(void);
/* Whether a service could listen on it now. */
bool port_is_free(int port);

#endif
