/* Listening sockets from one address text.
 *
 * Shape:   "127.0.0.1:8080", "[::1]:8080", "localhost:8080", ":8080" (every address, IPv6 and IPv4),
 *          "unix:/path"; port 0 takes any free one.
 * Errors:  RC_INVALID for an address that can't be read, RC_UNAVAILABLE for one that can't be bound; the message
 *          names the address and what to do.
 */
#ifndef GUILLEMET_HTTP_LISTEN_H
#define GUILLEMET_HTTP_LISTEN_H

#include <stddef.h>

#include "base/err.h"

#define LISTEN_ADDRESS_MAX 160

/* *fd is a non-blocking listening socket; `bound` is its real address. */
enum rc listen_open(const char *address, int *fd, char bound[LISTEN_ADDRESS_MAX], struct err *e);
/* Removes the socket file of a "unix:" address. */
void listen_forget(const char *bound);

#endif
