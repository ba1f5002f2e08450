/* Listening sockets from one address text.
 *
 * Shape:   "127.0.0.1:8080", "[::1]:8080", "localhost:8080", ":8080" (every address, IPv6 and IPv4),
 *          "unix:/path"; port 0 takes any free one. "fd:3" is a listening socket that the parent process left
 *          open: a new process can take it over from an old one without a moment in which nobody listens.
 * Errors:  RC_INVALID for an address that can't be read, RC_UNAVAILABLE for one that can't be bound; the message
 *          names the address and what to do.
 */
#ifndef GUILLEMET_HTTP_LISTEN_H
#define GUILLEMET_HTTP_LISTEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define LISTEN_ADDRESS_MAX 160

/* *fd is a non-blocking listening socket; `bound` is its real address. */
enum rc listen_open(const char *address, int *fd, char bound[LISTEN_ADDRESS_MAX], struct err *e);
/* True for "fd:…": the socket is others' too, so it is neither shut down nor its file removed. */
bool listen_is_inherited(const char *address);
/* Removes the socket file of a "unix:" address. */
void listen_forget(const char *bound);
/* *address is "fd:3" when systemd, or whoever else speaks its protocol, started this process with a socket (LISTEN_PID,
 * LISTEN_FDS), else NULL. RC_INVALID when there are several. Source: sd_listen_fds(3). */
enum rc listen_activation(const char **address, struct err *e);

#endif
