/* robots.txt as RFC 9309 has it: which paths of a host a robot may ask for, and how quickly.
 *
 * Shape:   of the groups that name the robot, else of those for "*", the longest rule that matches counts; allow wins a
 *          tie. In rules "*" is any text and a last "$" the end; escapes are levelled on both sides. Crawl-delay and
 *          Sitemap, which the RFC leaves open, are read too.
 * Errors:  nothing is malformed: lines that say nothing are passed by. Only memory can be out.
 * Memory:  what robots_parse and robots_of_reply give lives in the arena.
 * Threads: pure.
 * Source:  https://www.rfc-editor.org/rfc/rfc9309
 */
#ifndef GUILLEMET_FETCH_ROBOTS_H
#define GUILLEMET_FETCH_ROBOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct fetch_reply;

enum {
    ROBOTS_MOST_BYTES = 500 * 1024, /* what follows isn't read */
    ROBOTS_SITEMAPS_MOST = 64,
    ROBOTS_DELAY_MOST_S = 86400
};

struct robots_rule {
    struct slice pattern; /* levelled, without the "$" */
    bool allow, to_end;
};

struct robots {
    struct {
        struct robots_rule *items;
        size_t count, capacity;
    } rules;
    struct {
        struct slice *items;
        size_t count, capacity;
    } sitemaps;      /* as written: their addresses are absolute when they are right */
    int64_t delay_s; /* 0: none asked for; a fraction counts as a whole second */
    bool closed;     /* the host couldn't say: nothing is allowed for now */
};

enum rc robots_parse(struct slice bytes, struct slice agent, struct arena *arena,
                     struct robots *out, struct err *e);
/* `path` with its query, as in the request line. */
bool robots_allows(const struct robots *robots, struct slice path);
/* As robots_allows, of an absolute address. */
bool robots_allows_url(const struct robots *robots, struct slice url);

/* What the answer to a request for it means; `rc`, `reply` and what `why` says (may be NULL) are of its fetch_run. 4xx allows
 * everything; 429, 5xx and no answer close the host, and `why` says so. *keep_s is how long that may be believed. RC_OK but
 * for memory. */
enum rc robots_of_reply(enum rc rc, const struct fetch_reply *reply, struct arena *arena,
                        struct robots *out, int64_t *keep_s, struct err *why);

#endif
