/* Which addresses may be connected to: the public ones, and what the operator allowed by name.
 *
 * Shape:   the special ranges of IANA's registries for IPv4 and IPv6 (RFC 6890 and its updates) are a table. An IPv4
 *          address inside an IPv6 one (mapped, NAT64, 6to4) is looked at as that IPv4 address.
 * Threads: pure.
 */
#ifndef GUILLEMET_FETCH_REACH_H
#define GUILLEMET_FETCH_REACH_H

#include <sys/socket.h>

#include "base/networks.h"

struct reach_refusal {
    char address[64];
    const char *why;   /* "a private network" */
    const char *allow; /* the range, as --fetch-allow takes it */
};

/* True: go. False: *why is filled. */
bool reach_allows(const struct sockaddr *address, socklen_t len, const struct networks *allowed,
                  struct reach_refusal *why);

#endif
