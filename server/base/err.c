#include "base/err.h"

#include <stdio.h>
#include <string.h>

static void fill(struct err *e, enum rc rc, const char *field, const char *message, va_list args)
{
    if (!e) {
        return;
    }
    /* Arguments may point into *e itself (a cause being rephrased): format aside first. */
    char text[sizeof e->message];
    vsnprintf(text, sizeof text, message, args);
    char name[sizeof e->field];
    snprintf(name, sizeof name, "%s", field);
    e->rc = rc;
    e->where[0] = '\0';
    memcpy(e->field, name, sizeof name);
    memcpy(e->message, text, sizeof text);
}

enum rc err_set(struct err *e, enum rc rc, const char *message, ...)
{
    va_list args;
    va_start(args, message);
    fill(e, rc, "", message, args);
    va_end(args);
    return rc;
}

enum rc err_field(struct err *e, enum rc rc, const char *field, const char *message, ...)
{
    va_list args;
    va_start(args, message);
    fill(e, rc, field ? field : "", message, args);
    va_end(args);
    return rc;
}

enum rc err_where(struct err *e, const char *where, ...)
{
    if (!e) {
        return RC_INTERNAL;
    }
    char text[sizeof e->where];
    va_list args;
    va_start(args, where);
    vsnprintf(text, sizeof text, where, args);
    va_end(args);
    memcpy(e->where, text, sizeof text);
    return e->rc;
}

/* Writes as much of `tail` as fits at text[at]. */
static void append(char *text, size_t size, size_t at, const char *tail)
{
    if (at >= size) {
        return;
    }
    size_t len = strnlen(tail, size - at - 1);
    memcpy(text + at, tail, len);
    text[at + len] = '\0';
}

enum rc err_context(struct err *e, const char *context, ...)
{
    if (!e) {
        return RC_INTERNAL;
    }
    char text[sizeof e->message];
    va_list args;
    va_start(args, context);
    int len = vsnprintf(text, sizeof text, context, args);
    va_end(args);
    size_t used = len < 0 ? 0 : (size_t)len;
    append(text, sizeof text, used, ": ");
    append(text, sizeof text, used + 2, e->message);
    memcpy(e->message, text, sizeof text);
    return e->rc;
}

enum rc err_nomem(struct err *e)
{
    return err_set(e, RC_NOMEM, "out of memory");
}

const char *rc_name(enum rc rc)
{
    switch (rc) {
    case RC_OK:
        return "ok";
    case RC_INVALID:
        return "invalid";
    case RC_NOT_FOUND:
        return "not_found";
    case RC_GONE:
        return "gone";
    case RC_CONFLICT:
        return "conflict";
    case RC_TOO_LARGE:
        return "too_large";
    case RC_UNSUPPORTED:
        return "unsupported";
    case RC_BUSY:
        return "busy";
    case RC_FULL:
        return "storage_full";
    case RC_READ_ONLY:
        return "read_only";
    case RC_UNAVAILABLE:
        return "unavailable";
    case RC_NOMEM:
        return "out_of_memory";
    case RC_INTERNAL:
        return "internal";
    }
    return "internal";
}
