/* What a host's robots.txt says of us, kept with the host.
 *
 * Shape:   host_rules_request asks for it, host_learn takes the answer, host_allows goes by it until rules_until_ms.
 * Threads: a host's rules belong to who took it (hosts.h).
 * Source:  RFC 9309
 */
#ifndef GUILLEMET_FOLLOW_HOST_RULES_H
#define GUILLEMET_FOLLOW_HOST_RULES_H

#include "fetch/fetch.h"
#include "follow/hosts.h"

/* Its url is absent when memory is out. */
struct fetch_request host_rules_request(const struct host *host, struct arena *arena);
/* `rc` and `e` are of that fetch. */
void host_learn(struct host *host, enum rc rc, const struct fetch_reply *reply, int64_t now_ms,
                const struct err *e);
/* Of an address of that host. RC_INVALID: the rules forbid it. RC_BUSY: they couldn't be read. */
enum rc host_allows(const struct host *host, struct slice url, struct err *e);

#endif
