/* The framing rules that libmicrohttpd 0.9.75 doesn't hold, checked before anything else is believed.
 *
 * It takes the first of two differing Content-Length, executes a request hidden behind Content-Length plus
 * Transfer-Encoding, hangs on an unknown Transfer-Encoding, and accepts two Hosts, `Name : value` and a bare CR. Each of these lets a
 * proxy and us disagree about where a request ends; each is refused here with 400 and the connection is closed.
 * What can't be seen from here (a raw NUL in a header, obs-fold, a bare LF) is a proxy's work.
 *
 * Errors:  RC_INVALID, field = the header's name.
 * Source:  RFC 9112 §3.2, §5.1, §6.
 */
#ifndef GUILLEMET_HTTP_GUARD_H
#define GUILLEMET_HTTP_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct request_header {
    struct slice name, value;
};

struct guard_framing {
    uint64_t content_length; /* 0 when absent */
    bool has_length, chunked;
};

enum rc guard_check(const struct request_header *headers, size_t count, const char *version,
                    struct guard_framing *out, struct err *e);

#endif
