/* Politeness: how often each host is asked, by all sources together, and what its robots.txt says.
 *
 * Shape:   a host is an origin (scheme, name, port). hosts_enter takes it when nobody is asking it and its gap has
 *          passed since the last request began; hosts_leave gives it back. While it is taken its rules belong to who
 *          took it.
 * Units:   ms since the epoch, as given: there is no clock here.
 * Memory:  bounded: of hosts that nobody asks the one that was asked longest ago makes room.
 * Threads: the caller's lock around every call.
 */
#ifndef GUILLEMET_FOLLOW_HOSTS_H
#define GUILLEMET_FOLLOW_HOSTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#define HOSTS_MOST        1024
#define HOSTS_GAP_MOST_MS INT64_C(600000) /* whatever robots.txt or an option asks for */

struct robots;

struct host {
    char *origin;
    bool taken;
    int64_t free_ms; /* not asked sooner */
    int64_t used_ms;
    /* robots.txt as it was read last. */
    struct arena *rules_arena; /* NULL: never */
    struct robots *rules;      /* NULL: there are none */
    int64_t rules_until_ms;
    bool rules_failed; /* it couldn't be read: nothing is asked until then */
    char rules_fault[200];
    int64_t delay_ms; /* between requests, as it asks for */
};

struct hosts;

struct hosts *hosts_new(int64_t gap_ms, struct err *e);
void hosts_free(struct hosts *hosts); /* NULL is fine */
/* NULL: it is taken or asked too lately, *free_ms says when to come again (INT64_MAX: when it is left); or memory is out,
 * *free_ms is 0 then. */
struct host *hosts_enter(struct hosts *hosts, struct slice origin, int64_t now_ms,
                         int64_t *free_ms);
/* Whether hosts_enter would take it. */
bool hosts_is_free(const struct hosts *hosts, struct slice origin, int64_t now_ms,
                   int64_t *free_ms);
/* A request to it begins. */
void hosts_note(struct hosts *hosts, struct host *host, int64_t now_ms);
void hosts_leave(struct host *host);

#endif
