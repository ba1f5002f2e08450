/* Any bytes as packed bytes: unpacking ends, in bounded memory, with bytes or a message; fed in pieces or at once it
 * gives the same bytes. The first byte picks the coding and the size of the pieces. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/unpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST (4u << 20)

static void must(int true_thing)
{
    if (!true_thing) {
        abort();
    }
}

static enum rc unpack(enum unpack_coding coding, struct slice bytes, size_t piece, struct buf *out)
{
    struct unpack_limits limits = {.most_bytes = MOST};
    struct unpacker *unpacker = NULL;
    struct err e = {0};
    must(unpack_open(coding, &limits, &unpacker, &e) == RC_OK);
    enum rc rc = RC_OK;
    while (rc == RC_OK && bytes.len > 0) {
        size_t len = bytes.len < piece ? bytes.len : piece;
        struct slice in = slice_of(bytes.ptr, len);
        while (rc == RC_OK && in.len > 0) {
            rc = unpack_feed(unpacker, &in, out, &e);
        }
        bytes = slice_of(bytes.ptr + len, bytes.len - len);
    }
    rc = rc ? rc : unpack_end(unpacker, &e);
    must(rc == RC_OK || e.message[0] != '\0');
    must(out->len <= MOST + 131072);
    unpack_close(unpacker);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    enum unpack_coding coding = data[0] & 1 ? UNPACK_GZIP : UNPACK_ZSTD;
    struct slice bytes = slice_of((const char *)data + 1, size - 1);
    struct buf whole, pieces;
    buf_init(&whole);
    buf_init(&pieces);
    enum rc a = unpack(coding, bytes, bytes.len, &whole);
    enum rc b = unpack(coding, bytes, (size_t)(data[0] >> 1) + 1, &pieces);
    /* libzstd 1.5.4 looks for a whole frame wherever its input begins, within a header too: by where the pieces are cut,
     * damage may pass for a frame to be skipped. */
    must(coding == UNPACK_ZSTD || (a == RC_OK) == (b == RC_OK));
    must(a || b ||
         (whole.len == pieces.len &&
          (whole.len == 0 || memcmp(whole.data, pieces.data, whole.len) == 0)));
    buf_done(&whole);
    buf_done(&pieces);
    return 0;
}
