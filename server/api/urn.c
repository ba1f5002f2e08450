#include "api/urn.h"

#include "text/digest.h"

/* RFC 9562, version 8: 122 bits of a digest. */
void urn_write(struct buf *out, const char *kind, struct slice id)
{
    struct slice parts[] = {SLICE("guillemet "), slice_cstr(kind), SLICE(" "), id};
    struct digest digest = digest_sha256(parts, 4);
    unsigned char *b = digest.bytes;
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x80);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    buf_text(out, "urn:uuid:");
    for (int i = 0; i < 16; i++) {
        buf_printf(out, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", b[i]);
    }
}
