#include "text/unpack.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#define ZLIB_CONST /* next_in */
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#define CHUNK_BYTES     65536
#define STANDARD_WINDOW 23
#define MAGIC_BYTES     4
/* Text is packed to a tenth or twentieth, a log of like lines to a hundredth: what gives this many times its size, and much
 * of it, was made to fill memory or time. */
#define RATIO_MOST      400
#define RATIO_FROM      (16u * 1024u * 1024u)

struct unpacker {
    enum unpack_coding coding;
    struct unpack_limits limits;
    uint64_t taken, given;
    bool within; /* a member or frame has begun and not ended */
    bool padded; /* gzip: zeros follow the last member, as on tape */
    z_stream gzip;
    ZSTD_DStream *zstd;
    char magic[MAGIC_BYTES]; /* zstd: how the frame that begins begins */
    size_t magic_len;
};

/* ---- which coding */

static const struct {
    enum unpack_coding coding;
    const char *name;
    const char *names[3]; /* of a Content-Encoding */
    const char *types[3];
    const char *suffixes[3];
    char magic[5];
} codings[] = {
    {UNPACK_GZIP,
     "gzip",
     {"gzip", "x-gzip"},
     {"application/gzip", "application/x-gzip"},
     {".gz", ".gzip"},
     "\x1f\x8b\x08"},
    {UNPACK_ZSTD,
     "zstd",
     {"zstd"},
     {"application/zstd", "application/x-zstd"},
     {".zst", ".zstd"},
     "\x28\xb5\x2f\xfd"},
};
#define CODINGS (sizeof codings / sizeof codings[0])

enum unpack_coding unpack_sniff(struct slice head)
{
    for (size_t i = 0; i < CODINGS; i++) {
        if (slice_starts(head, slice_cstr(codings[i].magic))) {
            return codings[i].coding;
        }
    }
    return UNPACK_NONE;
}

bool unpack_sniff_more(struct slice head)
{
    for (size_t i = 0; i < CODINGS; i++) {
        struct slice magic = slice_cstr(codings[i].magic);
        if (head.len < magic.len && slice_starts(magic, head)) {
            return true;
        }
    }
    return false;
}

static bool among(struct slice s, const char *const *names)
{
    for (; *names; names++) {
        if (s.len == strlen(*names) && strncasecmp(s.ptr, *names, s.len) == 0) {
            return true;
        }
    }
    return false;
}

enum rc unpack_coding_find(struct slice name, enum unpack_coding *out, struct err *e)
{
    static const char *const none[] = {"identity", NULL};
    struct slice wanted = slice_present(name) ? slice_trim(name) : SLICE("");
    if (wanted.len == 0 || among(wanted, none)) {
        *out = UNPACK_NONE;
        return RC_OK;
    }
    for (size_t i = 0; i < CODINGS; i++) {
        if (among(wanted, codings[i].names)) {
            *out = codings[i].coding;
            return RC_OK;
        }
    }
    return err_field(e, RC_UNSUPPORTED, "content-encoding",
                     "no decoder for \"%.*s\": send one of " UNPACK_CODINGS ", or no coding",
                     wanted.len > 60 ? 60 : (int)wanted.len, wanted.ptr);
}

struct slice unpack_strip_suffix(struct slice name)
{
    for (size_t i = 0; i < CODINGS; i++) {
        for (const char *const *suffix = codings[i].suffixes; *suffix; suffix++) {
            size_t len = strlen(*suffix);
            if (name.len > len && strncasecmp(name.ptr + name.len - len, *suffix, len) == 0) {
                return slice_of(name.ptr, name.len - len);
            }
        }
    }
    return name;
}

bool unpack_is_type(struct slice content_type)
{
    struct slice rest = content_type, type = slice_trim(slice_cut(&rest, ';'));
    for (size_t i = 0; i < CODINGS; i++) {
        if (among(type, codings[i].types)) {
            return true;
        }
    }
    return false;
}

static const char *coding_name(enum unpack_coding coding)
{
    for (size_t i = 0; i < CODINGS; i++) {
        if (codings[i].coding == coding) {
            return codings[i].name;
        }
    }
    return "";
}

/* ---- opening */

static bool open_coding(struct unpacker *u)
{
    int window = u->limits.window_log ? u->limits.window_log : STANDARD_WINDOW;
    switch (u->coding) {
    case UNPACK_NONE:
        return false;
    case UNPACK_GZIP:
        return inflateInit2(&u->gzip, 15 + 16) == Z_OK;
    case UNPACK_ZSTD:
        u->zstd = ZSTD_createDStream();
        return u->zstd && !ZSTD_isError(ZSTD_initDStream(u->zstd)) &&
               !ZSTD_isError(ZSTD_DCtx_setParameter(u->zstd, ZSTD_d_windowLogMax, window));
    }
    return false;
}

enum rc unpack_open(enum unpack_coding coding, const struct unpack_limits *limits,
                    struct unpacker **out, struct err *e)
{
    struct unpacker *u = calloc(1, sizeof *u);
    if (!u) {
        return err_nomem(e);
    }
    u->coding = coding;
    u->limits = *limits;
    if (!open_coding(u)) {
        unpack_close(u);
        return err_nomem(e);
    }
    *out = u;
    return RC_OK;
}

void unpack_close(struct unpacker *u)
{
    if (u) {
        inflateEnd(&u->gzip); /* refuses what was never begun */
        ZSTD_freeDStream(u->zstd);
        free(u);
    }
}

/* ---- unpacking */

static enum rc damaged(const struct unpacker *u, const char *what, struct err *e)
{
    return err_set(e, RC_INVALID, "the %s data are damaged after %" PRIu64 " unpacked bytes: %s",
                   coding_name(u->coding), u->given, what);
}

/* One step into `room` bytes at `out`. */
static enum rc step_gzip(struct unpacker *u, struct slice *in, char *out, size_t room, size_t *got,
                         struct err *e)
{
    if (!u->within && u->given > 0 && in->ptr[0] == '\0') {
        u->padded = true;
    }
    if (u->padded) {
        size_t zeros = 0;
        while (zeros < in->len && in->ptr[zeros] == '\0') {
            zeros++;
        }
        *in = slice_of(in->ptr + zeros, in->len - zeros);
        return in->len > 0 ? damaged(u, "something else follows", e) : RC_OK;
    }
    u->gzip.next_in = (const Bytef *)in->ptr;
    u->gzip.avail_in = (uInt)in->len;
    u->gzip.next_out = (Bytef *)out;
    u->gzip.avail_out = (uInt)room;
    u->within = true;
    int code = inflate(&u->gzip, Z_NO_FLUSH);
    *in = slice_of(in->ptr + (in->len - u->gzip.avail_in), u->gzip.avail_in);
    *got = room - u->gzip.avail_out;
    if (code == Z_STREAM_END) {
        u->within = false;
        return inflateReset(&u->gzip) == Z_OK ? RC_OK : err_nomem(e);
    }
    if (code == Z_MEM_ERROR) {
        return err_nomem(e);
    }
    bool fine = code == Z_OK || code == Z_BUF_ERROR;
    return fine ? RC_OK : damaged(u, u->gzip.msg ? u->gzip.msg : "not a gzip member", e);
}

/* Frames of the formats before zstd 0.8 are refused here: Debian's library still reads them, by old code that gives other
 * results for the same bytes in other pieces. What may be skipped has a magic number of its own. */
static bool zstd_frame(const char *magic)
{
    static const char skippable[] = {'\x2a', '\x4d', '\x18'};
    return memcmp(magic, "\x28\xb5\x2f\xfd", MAGIC_BYTES) == 0 ||
           ((unsigned char)magic[0] >> 4 == 5 &&
            memcmp(magic + 1, skippable, sizeof skippable) == 0);
}

/* Takes the magic number of a frame, which may come in pieces. */
static enum rc begin_zstd(struct unpacker *u, struct slice *in, struct err *e)
{
    while (in->len > 0 && u->magic_len < MAGIC_BYTES) {
        u->magic[u->magic_len++] = *in->ptr;
        *in = slice_of(in->ptr + 1, in->len - 1);
    }
    u->within = true;
    if (u->magic_len < MAGIC_BYTES) {
        return RC_OK;
    }
    if (!zstd_frame(u->magic)) {
        return damaged(u, "no zstd frame begins there", e);
    }
    ZSTD_inBuffer from = {u->magic, MAGIC_BYTES, 0};
    ZSTD_outBuffer none = {NULL, 0, 0};
    size_t code = ZSTD_decompressStream(u->zstd, &none, &from);
    return ZSTD_isError(code) ? damaged(u, ZSTD_getErrorName(code), e) : RC_OK;
}

static enum rc step_zstd(struct unpacker *u, struct slice *in, char *out, size_t room, size_t *got,
                         struct err *e)
{
    if (u->magic_len < MAGIC_BYTES) {
        return begin_zstd(u, in, e);
    }
    ZSTD_inBuffer from = {in->ptr, in->len, 0};
    ZSTD_outBuffer to = {out, room, 0};
    size_t code = ZSTD_decompressStream(u->zstd, &to, &from);
    *in = slice_of(in->ptr + from.pos, in->len - from.pos);
    *got = to.pos;
    if (!ZSTD_isError(code)) {
        u->within = code != 0;
        u->magic_len = code != 0 ? MAGIC_BYTES : 0;
        return RC_OK;
    }
    if (ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge) {
        return err_set(e, RC_TOO_LARGE,
                       "the zstd data need a window of more than %d MiB to unpack: pack them "
                       "without --long and --ultra",
                       1 << ((u->limits.window_log ? u->limits.window_log : STANDARD_WINDOW) - 20));
    }
    return damaged(u, ZSTD_getErrorName(code), e);
}

static enum rc check_limits(const struct unpacker *u, struct err *e)
{
    if (u->limits.most_bytes && u->given > u->limits.most_bytes) {
        return err_set(e, RC_TOO_LARGE, "unpacked it is longer than %" PRIu64 " bytes",
                       u->limits.most_bytes);
    }
    if (u->given > RATIO_FROM && u->given / RATIO_MOST > u->taken) {
        return err_set(e, RC_TOO_LARGE,
                       "the %s data unpack to more than %d times their size: that is no text",
                       coding_name(u->coding), RATIO_MOST);
    }
    return RC_OK;
}

enum rc unpack_feed(struct unpacker *u, struct slice *in, struct buf *out, struct err *e)
{
    size_t before = out->len;
    enum rc rc = RC_OK;
    /* A full buffer may hide more of the same input: another step with an empty one tells. */
    for (bool full = false;
         rc == RC_OK && out->len - before < CHUNK_BYTES && (in->len > 0 || (full && u->within));) {
        size_t got = 0, had = in->len;
        if (!buf_reserve(out, CHUNK_BYTES)) {
            return err_nomem(e);
        }
        rc = u->coding == UNPACK_GZIP
                 ? step_gzip(u, in, out->data + out->len, CHUNK_BYTES, &got, e)
                 : step_zstd(u, in, out->data + out->len, CHUNK_BYTES, &got, e);
        out->len += got;
        u->given += got;
        u->taken += had - in->len;
        full = got == CHUNK_BYTES;
        rc = rc == RC_OK ? check_limits(u, e) : rc;
    }
    return rc;
}

enum rc unpack_end(const struct unpacker *u, struct err *e)
{
    if (!u->within && u->taken > 0) {
        return RC_OK;
    }
    return err_set(e, RC_INVALID,
                   "the %s data end too early, after %" PRIu64 " unpacked bytes: they were cut",
                   coding_name(u->coding), u->given);
}
