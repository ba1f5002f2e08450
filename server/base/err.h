/* Errors are values.
 *
 * Every fallible function returns an enum rc and, when it is not RC_OK, has filled the caller's
 * struct err with a message that a user can act on. Whoever detects the fault speaks; callers add
 * context with err_context() or pass it up. Outputs are untouched on failure.
 *
 * Memory:  struct err is a plain value with fixed buffers: nothing to free, safe when memory is out.
 * Threads: a struct err belongs to its caller.
 */
#ifndef GUILLEMET_BASE_ERR_H
#define GUILLEMET_BASE_ERR_H

#include <stdarg.h>

enum rc {
    RC_OK = 0,
    RC_INVALID,     /* the input is wrong: the message says what and where */
    RC_NOT_FOUND,   /* no such thing */
    RC_GONE,        /* it existed and was deleted: a tombstone stands there */
    RC_CONFLICT,    /* clashes with what is stored (If-Match, revive, ambiguous name) */
    RC_TOO_LARGE,   /* over a documented limit */
    RC_UNSUPPORTED, /* a media type, charset or version we don't take */
    RC_BUSY,        /* a queue is full or a deadline passed: try again */
    RC_UNAVAILABLE, /* a resource is missing: database, directory, port */
    RC_FULL,        /* no room on the disk: nothing was kept, room mends it */
    RC_READ_ONLY,   /* the archive may be read but not written to */
    RC_NOMEM,
    RC_INTERNAL /* our fault */
};

struct err {
    enum rc rc;
    char field[64];    /* the parameter, JSON pointer or option at fault; "" when none */
    char where[96];    /* a position: "byte 17", "line 3, item 2"; "" when none */
    char message[512]; /* one sentence, no final newline */
};

#if defined(__GNUC__)
#define ERR_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define ERR_PRINTF(f, a)
#endif

/* Fills `e` (which may be NULL) and returns `rc`, so that `return err_set(e, RC_INVALID, …)` reads well. */
enum rc err_set(struct err *e, enum rc rc, const char *message, ...) ERR_PRINTF(3, 4);

/* As err_set, naming the field at fault. */
enum rc err_field(struct err *e, enum rc rc, const char *field, const char *message, ...)
    ERR_PRINTF(4, 5);

/* Says where the fault is (a byte, a line, an item). Returns e->rc. */
enum rc err_where(struct err *e, const char *where, ...) ERR_PRINTF(2, 3);

/* Puts "context: " before the message. Returns e->rc. */
enum rc err_context(struct err *e, const char *context, ...) ERR_PRINTF(2, 3);

/* The shared sentence for RC_NOMEM. */
enum rc err_nomem(struct err *e);

/* "not_found" and the like: the stable code in logs and problem documents. */
const char *rc_name(enum rc rc);

#endif
