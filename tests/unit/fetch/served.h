/* A server that answers with the very bytes of a table, on a port of the loopback: one connection after the other, each
 * closed after its answer unless the answer says how long it is and keeps it open. */
#ifndef TESTS_FETCH_SERVED_H
#define TESTS_FETCH_SERVED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* after what it needs */
#include <cmocka.h>

#include <stdbool.h>

#include "base/slice.h"

struct answer {
    const char *path;
    const char *bytes;
    size_t len;
    const char *wants; /* what the request must hold for that answer; NULL: nothing */
    bool keeps;        /* the connection stays for the next request */
    bool hangs; /* nothing more comes, and the connection stays open until the server stops */
};

#define BYTES(text) .bytes = "" text, .len = sizeof(text) - 1

struct served;

struct served *served_start(const struct answer *answers, size_t count);
unsigned served_port(const struct served *served);
/* "http://127.0.0.1:PORT/path" in a buffer of the server's that the next call overwrites. */
struct slice served_url(struct served *served, const char *path);
unsigned served_connections(struct served *served); /* that were accepted so far */
/* The requests so far, whole, one after another. Valid until the next request. */
const char *served_requests(struct served *served);
void served_stop(struct served *served);

#endif
