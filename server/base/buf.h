/* A growable byte buffer for replies and files, and the direct JSON writer's ground.
 *
 * Errors:  failure is sticky: after the first one appends do nothing and buf.failed is true; check
 *          once at the end.
 * Memory:  buf_init/buf_done in place; buf_take hands the malloc'ed bytes to the caller.
 */
#ifndef GUILLEMET_BASE_BUF_H
#define GUILLEMET_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/slice.h"

struct buf {
    char *data;
    size_t len, capacity;
    bool failed;
};

void buf_init(struct buf *b);
void buf_done(struct buf *b);
void buf_clear(struct buf *b);              /* keeps the memory */
bool buf_grow(struct buf *b, size_t extra); /* buf_reserve's slow half */
/* Room for `extra` more bytes and a final NUL. Here, as what follows, because replies are made of little else. */
static inline bool buf_reserve(struct buf *b, size_t extra)
{
    return (extra < b->capacity - b->len && !b->failed) || buf_grow(b, extra);
}
static inline void buf_append(struct buf *b, const void *bytes, size_t len)
{
    if (len > 0 && buf_reserve(b, len)) {
        memcpy(b->data + b->len, bytes, len);
        b->len += len;
    }
}
static inline void buf_slice(struct buf *b, struct slice s)
{
    buf_append(b, s.ptr, s.len);
}
static inline void buf_char(struct buf *b, char c)
{
    if (buf_reserve(b, 1)) {
        b->data[b->len++] = c;
    }
}
void buf_text(struct buf *b, const char *text);
void buf_int(struct buf *b, int64_t value);
void buf_printf(struct buf *b, const char *format, ...) ERR_PRINTF(2, 3);
static inline struct slice buf_view(const struct buf *b)
{
    return slice_of(b->data ? b->data : "", b->len);
}
char *buf_take(struct buf *b, size_t *len); /* NULL when failed; NUL-terminated */

#endif
