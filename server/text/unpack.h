/* Compressed bytes → bytes, as they come: gzip and zstd, whoever sends them (a file, a pipe, a request's body, a
 * fetched page).
 *
 * Shape:   unpack_feed takes what there is and appends what it gives; several members or frames in a row are one
 *          text, as for gunzip and unzstd. unpack_end says whether the text was whole.
 * Units:   bytes.
 * Errors:  RC_INVALID for damaged or truncated data, RC_TOO_LARGE for a limit: what was appended before
 *          is good. RC_UNSUPPORTED for a coding that isn't known.
 * Memory:  an unpacker's own is bounded (gzip 40 KB; zstd by `window_log`), whatever it unpacks.
 * Threads: one unpacker belongs to one thread.
 */
#ifndef GUILLEMET_TEXT_UNPACK_H
#define GUILLEMET_TEXT_UNPACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum unpack_coding { UNPACK_NONE, UNPACK_GZIP, UNPACK_ZSTD };

/* By the first bytes; UNPACK_NONE when they are something else. */
enum unpack_coding unpack_sniff(struct slice head);
/* So few bytes that more are needed to tell. */
bool unpack_sniff_more(struct slice head);
/* Of a Content-Encoding: "gzip", "x-gzip", "zstd"; "identity" and absent are none. RC_UNSUPPORTED names what is
 * taken. */
enum rc unpack_coding_find(struct slice name, enum unpack_coding *out, struct err *e);
/* The codings of unpack_coding_find, as Accept-Encoding has them. */
#define UNPACK_CODINGS "gzip, zstd"
/* "page.html.gz" → "page.html"; the name itself when it has no such suffix. */
struct slice unpack_strip_suffix(struct slice name);
/* "application/gzip" and its kin: they say nothing of what is inside. */
bool unpack_is_type(struct slice content_type);

struct unpack_limits {
    uint64_t most_bytes; /* unpacked; 0: any number */
    int window_log; /* zstd: memory of 2^window_log; 0: 23, what RFC 9659 has senders keep to */
};

struct unpacker;
enum rc unpack_open(enum unpack_coding coding, const struct unpack_limits *limits,
                    struct unpacker **out, struct err *e);
/* Takes *in from its front until it is empty or some CHUNK was appended. */
enum rc unpack_feed(struct unpacker *unpacker, struct slice *in, struct buf *out, struct err *e);
/* Once there is no more: RC_INVALID when the data end in the middle. */
enum rc unpack_end(const struct unpacker *unpacker, struct err *e);
void unpack_close(struct unpacker *unpacker); /* NULL is fine */

#endif
