/* The bytes of a file, a pipe or of memory, unpacked when they are compressed: what sources read from.
 *
 * Shape:   input_read appends what there is now, at least one byte until the end; `more` is false once nothing
 *          follows. Compressed bytes are known by their first ones, or by a coding that was declared.
 * Errors:  those of reading and of unpack.h. What came before a fault is appended first; the fault comes with
 *          the next read, and nothing after it.
 */
#ifndef GUILLEMET_INGEST_INPUT_H
#define GUILLEMET_INGEST_INPUT_H

#include <signal.h>

#include "text/unpack.h"

struct input {
    int fd; /* -1: memory */
    struct slice memory;
    struct unpack_limits limits;
    bool declared; /* `coding` was, else the first bytes tell */
    enum unpack_coding coding;
    const volatile sig_atomic_t *stop; /* not 0: a read that is waiting gives up; may be NULL */
    bool more;

    /* its own */
    bool begun, fd_ended;
    struct unpacker *unpacker;
    struct buf raw; /* of a descriptor: read and not unpacked yet */
    struct slice packed;
    enum rc fault;
    struct err why;
};

void input_init(struct input *input, int fd, struct slice memory);
void input_done(struct input *input);
enum rc input_read(struct input *input, struct buf *out, struct err *e);

#endif
