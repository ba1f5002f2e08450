#include "ingest/input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES 65536

void input_init(struct input *input, int fd, struct slice memory)
{
    *input = (struct input){.fd = fd, .memory = memory, .more = true};
    buf_init(&input->raw);
}

void input_done(struct input *input)
{
    unpack_close(input->unpacker);
    input->unpacker = NULL;
    buf_done(&input->raw);
}

/* One read: what a pipe has now, so that a program that waits for each answer gets it. */
static enum rc read_descriptor(struct input *in, struct buf *out, struct err *e)
{
    if (!buf_reserve(out, CHUNK_BYTES)) {
        return err_nomem(e);
    }
    ssize_t got;
    do {
        got = read(in->fd, out->data + out->len, CHUNK_BYTES);
    } while (got < 0 && errno == EINTR && !(in->stop && *in->stop));
    if (got < 0) {
        return err_set(e, RC_UNAVAILABLE, "reading failed: %s", strerror(errno));
    }
    in->fd_ended = got == 0;
    out->len += (size_t)got;
    return RC_OK;
}

/* More raw bytes into in->packed, which is empty; it stays empty at the end. */
static enum rc refill(struct input *in, struct err *e)
{
    if (in->fd < 0) {
        in->packed = in->memory;
        in->memory = SLICE("");
        return RC_OK;
    }
    in->raw.len = 0;
    enum rc rc = in->fd_ended ? RC_OK : read_descriptor(in, &in->raw, e);
    in->packed = buf_view(&in->raw);
    return rc;
}

/* The first bytes, enough to know whether they are packed. */
static enum rc begin(struct input *in, struct err *e)
{
    in->begun = true;
    enum rc rc = refill(in, e);
    while (rc == RC_OK && in->fd >= 0 && !in->fd_ended && unpack_sniff_more(in->packed)) {
        rc = read_descriptor(in, &in->raw, e);
        in->packed = buf_view(&in->raw);
    }
    if (rc == RC_OK && !in->declared) {
        in->coding = unpack_sniff(in->packed);
    }
    if (rc == RC_OK && in->coding != UNPACK_NONE) {
        rc = unpack_open(in->coding, &in->limits, &in->unpacker, e);
    }
    return rc;
}

static enum rc copy_raw(struct input *in, struct buf *out, struct err *e)
{
    if (in->packed.len > 0) { /* the first bytes, read to see what they are */
        buf_slice(out, in->packed);
        in->packed = SLICE("");
        return out->failed ? err_nomem(e) : RC_OK;
    }
    if (in->fd < 0) {
        in->more = false;
        return RC_OK;
    }
    enum rc rc = in->fd_ended ? RC_OK : read_descriptor(in, out, e);
    in->more = rc == RC_OK && !in->fd_ended;
    return rc;
}

static enum rc unpack_raw(struct input *in, struct buf *out, struct err *e)
{
    size_t before = out->len;
    enum rc rc = RC_OK;
    while (rc == RC_OK && in->more && out->len == before) {
        if (in->packed.len == 0) {
            rc = refill(in, e);
        }
        if (rc == RC_OK && in->packed.len == 0) {
            in->more = false;
            rc = unpack_end(in->unpacker, e);
        } else if (rc == RC_OK) {
            rc = unpack_feed(in->unpacker, &in->packed, out, e);
        }
    }
    return rc;
}

/* A fault after something was appended waits for the next read. */
enum rc input_read(struct input *in, struct buf *out, struct err *e)
{
    size_t before = out->len;
    struct err why = {0};
    enum rc rc = in->fault;
    if (rc == RC_OK && !in->begun) {
        rc = begin(in, &why);
    }
    if (rc == RC_OK) {
        rc = in->unpacker ? unpack_raw(in, out, &why) : copy_raw(in, out, &why);
    }
    if (rc == RC_OK) {
        return RC_OK;
    }
    if (in->fault == RC_OK) {
        in->fault = rc;
        in->why = why;
        in->more = out->len > before; /* the fault is still to be told */
        if (in->more) {
            return RC_OK;
        }
    }
    in->more = false;
    if (e) {
        *e = in->why;
    }
    return rc;
}
