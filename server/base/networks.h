/* A list of networks: which peers are proxies of ours, whose word about the client is taken; which places that aren't
 * public may be fetched from.
 *
 * Shape:   "127.0.0.1", "10.0.0.0/8", "fd00::/8", "unix" (any peer on a unix socket), separated by blanks or
 *          commas. IPv4 in IPv6 (::ffff:10.0.0.1) is IPv4.
 * Errors:  RC_INVALID naming the entry that can't be read.
 * Memory:  at most NETWORKS_MOST entries, in the struct itself.
 * Threads: immutable after networks_parse.
 */
#ifndef GUILLEMET_BASE_NETWORKS_H
#define GUILLEMET_BASE_NETWORKS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

enum { NETWORKS_MOST = 32 };

struct network {
    struct in6_addr address; /* IPv4: mapped */
    unsigned bits;           /* of the 128 */
};

struct networks {
    struct network items[NETWORKS_MOST];
    size_t count;
    bool unix_sockets;
};

/* `text` NULL or empty: none. `option` is the err's field. */
enum rc networks_parse(const char *option, const char *text, struct networks *out, struct err *e);
bool networks_is_empty(const struct networks *networks);
bool networks_is_address(struct slice text); /* IPv4 or IPv6, without port, brackets or zone */
/* "192.0.2.7", "2001:db8::1" or "unix", as request_client writes a peer. */
bool networks_hold(const struct networks *networks, struct slice peer);
bool networks_hold_address(const struct networks *networks, const struct in6_addr *address);
struct in6_addr networks_map_v4(struct in_addr v4); /* ::ffff:a.b.c.d */

#endif
