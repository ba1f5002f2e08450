/* The connections' deadlines, held by a thread of its own.
 *
 * libmicrohttpd's timeout is one of inactivity: a client that drips a byte every two seconds keeps its
 * connection for ever. Here each connection has a steady-clock deadline; when it has passed, the socket is shut
 * down and libmicrohttpd cleans up.
 *
 * Lingering: closing a socket with unread bytes resets the connection, and the client may lose the reply that
 * tells why its upload was refused. watch_linger keeps a duplicate of such a socket for a moment and throws
 * away what still arrives.
 *
 * Places: of more connections than there may be, the one whose client has asked nothing for longest is cut to make room. When
 * all are at work, the new one is a guest: it may ask how the service is, and must be quick.
 *
 * Threads: all functions are safe from any thread.
 */
#ifndef GUILLEMET_HTTP_WATCH_H
#define GUILLEMET_HTTP_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct watch;
struct watch_entry;

/* Guests aside, there are at most `most` connections. */
struct watch *watch_new(uint32_t tick_ms, size_t most, struct err *e);
void watch_free(struct watch *watch); /* NULL is fine; closes lingering sockets */

/* A new connection, whose first request must be here within `patience_ms`. NULL: out of memory. */
struct watch_entry *watch_add(struct watch *watch, int fd, int64_t now_ms, int64_t patience_ms);
/* NULL entries aren't. */
bool watch_is_guest(const struct watch_entry *entry);
/* A request has come / its client may send the next one. NULL entries are fine. */
void watch_busy(struct watch_entry *entry);
void watch_idle(struct watch_entry *entry, int64_t now_ms);
void watch_remove(struct watch *watch, struct watch_entry *entry);
/* 0: no deadline. NULL entries are fine. */
void watch_set(struct watch_entry *entry, int64_t deadline_ms);
/* Nothing more is sent or received: the client sees the end at once, after what was sent. */
void watch_cut(struct watch_entry *entry);
/* What the connection's event thread left with the entry, to be found again when the socket closes. NULL entries
 * hold nothing. */
void watch_hold(struct watch_entry *entry, void *held);
void *watch_held(const struct watch_entry *entry);
void watch_linger(struct watch *watch, int fd); /* duplicates fd; the caller keeps its own */

uint64_t watch_cut_count(const struct watch *watch);   /* for a deadline's sake */
uint64_t watch_moved_count(const struct watch *watch); /* to make room */
size_t watch_connection_count(struct watch *watch);

#endif
