#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

enum { LEAST_CAPACITY = 256 };

void buf_init(struct buf *b)
{
    *b = (struct buf){NULL, 0, 0, false};
}

void buf_done(struct buf *b)
{
    free(b->data);
    buf_init(b);
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->failed = false;
}

bool buf_grow(struct buf *b, size_t extra)
{
    if (b->failed) {
        return false;
    }
    if (extra < b->capacity - b->len) {
        return true;
    }
    size_t wanted = b->capacity < LEAST_CAPACITY ? LEAST_CAPACITY : b->capacity;
    if (extra > SIZE_MAX / 4 || b->len > SIZE_MAX / 4) {
        b->failed = true;
        return false;
    }
    while (wanted - b->len <= extra) {
        wanted *= 2;
    }
    char *data = realloc(b->data, wanted);
    if (!data) {
        b->failed = true;
        return false;
    }
    b->data = data;
    b->capacity = wanted;
    return true;
}

void buf_text(struct buf *b, const char *text)
{
    if (text) {
        buf_append(b, text, strlen(text));
    }
}

void buf_int(struct buf *b, int64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    if (value >= 0 && value < 10) { /* most are */
        buf_char(b, (char)('0' + value));
        return;
    }
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0) {
        digits[--at] = '-';
    }
    buf_append(b, digits + at, sizeof digits - at);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0) {
        b->failed = true;
        return;
    }
    if (!buf_reserve(b, (size_t)len)) {
        return;
    }
    va_start(args, format);
    vsnprintf(b->data + b->len, (size_t)len + 1, format, args);
    va_end(args);
    b->len += (size_t)len;
}

char *buf_take(struct buf *b, size_t *len)
{
    if (!buf_reserve(b, 0)) {
        buf_done(b);
        return NULL;
    }
    char *data = b->data;
    data[b->len] = '\0';
    if (len) {
        *len = b->len;
    }
    buf_init(b);
    return data;
}
