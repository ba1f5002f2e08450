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
 * Threads: all functions are safe from any thread.
 */
#ifndef GUILLEMET_HTTP_WATCH_H
#define GUILLEMET_HTTP_WATCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct watch;
struct watch_entry;

struct watch *watch_new(uint32_t tick_ms, struct err *e);
void watch_free(struct watch *watch); /* NULL is fine; closes lingering sockets */

struct watch_entry *watch_add(struct watch *watch, int fd,
                              int64_t deadline_ms); /* NULL: out of memory */
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

uint64_t watch_cut_count(const struct watch *watch);
size_t watch_connection_count(struct watch *watch);

#endif
