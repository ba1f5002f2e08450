/* One address for one article, whatever way its readers came. A canonical URL is one that can be opened; the key made of it
 * also levels what publishers use without meaning another article. */
#include "ingest/identity.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "ingest/identity_noise.h"
#include "text/host.h"
#include "text/utf8.h"

#define URL_MOST_BYTES 4096
#define PAIRS_MOST     64 /* parameters; more stay in their order */

/* First labels of a host, beginnings and ends of a path, that say for which screen. */
static const char *const host_dresses[] = {"m.", "mobile.", "amp.", "touch.", "wap."};
static const char *const path_beginnings[] = {"/amp/", "/mobile/"};
static const struct {
    const char *end, *instead;
    bool key; /* of keys alone */
} path_ends[] = {
    {"/amp", "", false},           {"/amp/", "/", false},         {"/amp.html", "", false},
    {".amp.html", ".html", false}, {"-amp.html", ".html", false}, {".amp", "", false},
    {"/index.html", "", true},     {"/index.htm", "", true},      {"/", "", true},
};

/* Copies of AMP pages on other hosts; the publisher's address follows the path. */
static const struct {
    const char *host_end, *path;
} amp_caches[] = {
    {".cdn.ampproject.org", "/c/s/"}, {".cdn.ampproject.org", "/v/s/"}, {"google.com", "/amp/s/"},
    {"google.fr", "/amp/s/"},         {"google.be", "/amp/s/"},         {"google.ch", "/amp/s/"},
    {"google.ca", "/amp/s/"},
};

/* ---- parts */

struct url_parts {
    bool secure;
    struct slice host, port, path, query; /* query absent without '?' */
    struct slice bang;                    /* "!/article/7": a page of its own; else absent */
};

static void split_authority(struct slice authority, struct url_parts *out)
{
    const char *at = memrchr(authority.ptr, '@', authority.len);
    if (at) { /* a password has no place in an archive */
        authority = slice_of(at + 1, authority.len - (size_t)(at + 1 - authority.ptr));
    }
    size_t colon = authority.len;
    while (colon > 0 && isdigit((unsigned char)authority.ptr[colon - 1])) {
        colon--;
    }
    bool has_port = colon > 0 && authority.ptr[colon - 1] == ':';
    out->host = has_port ? slice_of(authority.ptr, colon - 1) : authority;
    out->port = has_port ? slice_of(authority.ptr + colon, authority.len - colon) : SLICE("");
    while (out->host.len > 1 && out->host.ptr[out->host.len - 1] == '.') {
        out->host.len--;
    }
}

static bool url_split(struct slice url, struct url_parts *out)
{
    size_t scheme = slice_find(url, SLICE("://"), 0);
    *out = (struct url_parts){.secure = scheme == 5};
    if ((scheme != 4 && scheme != 5) ||
        strncasecmp(url.ptr, out->secure ? "https" : "http", scheme) != 0) {
        return false;
    }
    struct slice rest = slice_of(url.ptr + scheme + 3, url.len - scheme - 3);
    const char *hash = memchr(rest.ptr, '#', rest.len);
    if (hash) {
        size_t before = (size_t)(hash - rest.ptr);
        struct slice fragment = slice_of(hash + 1, rest.len - before - 1);
        out->bang = fragment.len > 1 && fragment.ptr[0] == '!' ? fragment : SLICE_NONE;
        rest.len = before;
    }
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != '?') {
        end++;
    }
    split_authority(slice_of(rest.ptr, end), out);
    rest = slice_of(rest.ptr + end, rest.len - end);
    const char *mark = memchr(rest.ptr, '?', rest.len);
    out->path = slice_of(rest.ptr, mark ? (size_t)(mark - rest.ptr) : rest.len);
    out->query = mark ? slice_of(mark + 1, rest.len - out->path.len - 1) : SLICE_NONE;
    return out->host.len > 0;
}

static bool ends_with(struct slice s, const char *end)
{
    size_t len = strlen(end);
    return s.len >= len && strncasecmp(s.ptr + s.len - len, end, len) == 0;
}

/* The publisher's address out of an AMP cache's, without a scheme; absent when it is no cache. */
static struct slice behind_cache(const struct url_parts *parts)
{
    for (size_t i = 0; i < sizeof amp_caches / sizeof amp_caches[0]; i++) {
        struct slice path = slice_cstr(amp_caches[i].path);
        if (ends_with(parts->host, amp_caches[i].host_end) && slice_starts(parts->path, path) &&
            parts->path.len > path.len) {
            const char *start = parts->path.ptr + path.len;
            struct slice whole = parts->query.ptr ? parts->query : parts->path;
            return slice_of(start, (size_t)(whole.ptr + whole.len - start));
        }
    }
    return SLICE_NONE;
}

/* ---- writing */

static int hex_value(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* Escapes what has no place in a URL, and no more: %c3%a9, %C3%A9 and é are one, so are %7E and ~. */
static void append_escaped(struct buf *out, struct slice s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        bool escape = c == '%' && i + 2 < s.len && isxdigit((unsigned char)s.ptr[i + 1]) &&
                      isxdigit((unsigned char)s.ptr[i + 2]);
        if (escape) {
            c = (unsigned char)(hex_value(s.ptr[i + 1]) * 16 + hex_value(s.ptr[i + 2]));
            i += 2;
        }
        bool plain = isalnum(c) || (c && strchr("-._~", c) != NULL); /* unreserved: RFC 3986 */
        if (plain || (!escape && c < 0x80 && !strchr("\"<>\\^`{|}", c))) {
            buf_char(out, (char)c);
        } else {
            buf_char(out, '%');
            buf_char(out, hex[c >> 4]);
            buf_char(out, hex[c & 15]);
        }
    }
}

static bool drop_label(struct buf *out, size_t start, const char *label)
{
    struct slice dress = slice_cstr(label);
    struct slice written = slice_of(out->data + start, out->len - start);
    bool drop = slice_starts(written, dress) &&
                memchr(written.ptr + dress.len, '.', written.len - dress.len) != NULL;
    if (drop) {
        memmove(out->data + start, written.ptr + dress.len, written.len - dress.len);
        out->len -= dress.len;
    }
    return drop;
}

/* Of "www.m.journal.fr" "www.journal.fr", and "journal.fr" as a key. */
static void undress_host(struct buf *out, size_t start, bool key)
{
    if (out->failed) {
        return;
    }
    bool www = drop_label(out, start, "www.");
    for (size_t i = 0; i < sizeof host_dresses / sizeof host_dresses[0]; i++) {
        www = (drop_label(out, start, host_dresses[i]) && drop_label(out, start, "www.")) || www;
    }
    if (www && !key) {
        buf_text(out, "www.");
        if (!out->failed) {
            memmove(out->data + start + 4, out->data + start, out->len - start - 4);
            memcpy(out->data + start, "www.", 4);
        }
    }
}

/* In ASCII, as the DNS has it: "élysée.fr" and "xn--lyse-9oad.fr" are one. */
static void append_host(struct buf *out, struct slice host, bool key)
{
    char ascii[HOST_MOST];
    struct slice known = host_ascii(host, ascii) ? slice_cstr(ascii) : host;
    size_t start = out->len;
    char bytes[4];
    for (size_t at = 0; at < known.len;) {
        size_t len = utf8_encode(utf8_to_lower(utf8_decode(known, at, &at)), bytes);
        buf_append(out, bytes, len);
    }
    undress_host(out, start, key);
}

/* Resolves "." and ".." in the path that was written from `start` on. */
static void remove_dots(struct buf *out, size_t start)
{
    size_t kept = start;
    for (size_t at = start; at < out->len;) {
        size_t end = at + 1;
        while (end < out->len && out->data[end] != '/') {
            end++;
        }
        struct slice segment = slice_of(out->data + at, end - at);
        bool last = end == out->len;
        if (slice_is(segment, "/..")) {
            while (kept > start && out->data[--kept] != '/') {
            }
        }
        if (slice_is(segment, "/.") || slice_is(segment, "/..")) {
            if (last) {
                out->data[kept++] = '/';
            }
        } else {
            memmove(out->data + kept, segment.ptr, segment.len);
            kept += segment.len;
        }
        at = end;
    }
    out->len = kept;
}

static struct slice undress_path(struct slice path)
{
    for (size_t i = 0; i < sizeof path_beginnings / sizeof path_beginnings[0]; i++) {
        size_t len = strlen(path_beginnings[i]);
        if (path.len > len && strncasecmp(path.ptr, path_beginnings[i], len) == 0) {
            return slice_of(path.ptr + len - 1, path.len - len + 1);
        }
    }
    return path;
}

static void undress_end(struct buf *out, size_t start, bool key)
{
    for (size_t i = 0; i < sizeof path_ends / sizeof path_ends[0]; i++) {
        struct slice written = slice_of(out->data + start, out->len - start);
        size_t end = strlen(path_ends[i].end);
        bool whole = written.len == end && end > 1; /* "/amp" is a page */
        if ((path_ends[i].key && !key) || whole || !ends_with(written, path_ends[i].end)) {
            continue;
        }
        out->len -= end;
        buf_text(out, path_ends[i].instead);
        i = SIZE_MAX; /* "/index.html/" */
    }
}

static void append_path(struct buf *out, struct slice path, bool key)
{
    size_t start = out->len, session = slice_find(path, SLICE(";jsessionid="), 0);
    struct slice wanted = session == SIZE_MAX ? path : slice_of(path.ptr, session);
    append_escaped(out, undress_path(wanted));
    if (out->failed) {
        return;
    }
    remove_dots(out, start);
    if (out->len > start + 1) {
        undress_end(out, start, key);
    }
    if (out->len == start) {
        buf_char(out, '/');
    }
}

static struct slice pair_name(struct slice pair)
{
    const char *equal = memchr(pair.ptr, '=', pair.len);
    return slice_of(pair.ptr, equal ? (size_t)(equal - pair.ptr) : pair.len);
}

static int by_name(const void *a, const void *b)
{
    const struct slice *x = a, *y = b;
    struct slice m = pair_name(*x), n = pair_name(*y);
    size_t least = m.len < n.len ? m.len : n.len;
    int order = memcmp(m.ptr, n.ptr, least);
    order = order ? order : (m.len > n.len) - (m.len < n.len);
    return order ? order : (x->ptr > y->ptr) - (x->ptr < y->ptr); /* of one name: as they came */
}

/* Up to PAIRS_MOST of them, in a key by name; then those that follow. */
static void append_pairs(struct buf *out, struct slice *pairs, size_t count, bool key, bool *first)
{
    if (key) {
        qsort(pairs, count, sizeof pairs[0], by_name);
    }
    for (size_t i = 0; i < count; i++) {
        buf_char(out, *first ? '?' : '&');
        buf_slice(out, pairs[i]);
        *first = false;
    }
}

static void append_query(struct buf *out, struct slice query, bool key)
{
    struct slice pairs[PAIRS_MOST];
    size_t count = 0;
    bool first = true;
    struct buf levelled;
    buf_init(&levelled);
    append_escaped(&levelled, query);
    struct slice rest = buf_view(&levelled);
    while (slice_present(rest)) {
        struct slice pair = slice_cut(&rest, '&'), name = pair_name(pair);
        struct slice value = name.len < pair.len
                                 ? slice_of(pair.ptr + name.len + 1, pair.len - name.len - 1)
                                 : SLICE("");
        if (pair.len == 0 || identity_is_noise(name, value)) {
            continue;
        }
        if (count == PAIRS_MOST) {
            append_pairs(out, pairs, count, key, &first);
            count = 0;
        }
        pairs[count++] = pair;
    }
    append_pairs(out, pairs, count, key, &first);
    out->failed = out->failed || levelled.failed;
    buf_done(&levelled);
}

static bool url_is_clean(struct slice url)
{
    for (size_t i = 0; i < url.len; i++) {
        if ((unsigned char)url.ptr[i] <= 0x20 || url.ptr[i] == 0x7F) {
            return false;
        }
    }
    return true;
}

static void append_url(struct buf *out, const struct url_parts *parts, bool key)
{
    /* No publisher prints another article behind the other scheme. */
    buf_text(out, parts->secure || key ? "https://" : "http://");
    append_host(out, parts->host, key);
    bool standard = slice_is(parts->port, parts->secure ? "443" : "80");
    if (parts->port.len > 0 && !standard) {
        buf_char(out, ':');
        buf_slice(out, parts->port);
    }
    append_path(out, parts->path, key);
    if (slice_present(parts->query)) {
        append_query(out, parts->query, key);
    }
    if (slice_present(parts->bang)) {
        buf_char(out, '#');
        append_escaped(out, parts->bang);
    }
}

static enum rc no_url(struct slice url, struct err *e)
{
    return err_field(e, RC_INVALID, "url",
                     "\"%.*s\" is not an absolute http or https URL without blanks",
                     url.len > 80 ? 80 : (int)url.len, url.ptr ? url.ptr : "");
}

static enum rc level(struct slice url, bool key, struct arena *arena, struct slice *out,
                     struct err *e)
{
    struct url_parts parts, original;
    struct buf text, inner;
    if (!url_split(url, &parts)) {
        return no_url(url, e);
    }
    buf_init(&text);
    buf_init(&inner);
    struct slice behind = behind_cache(&parts);
    if (slice_present(behind)) {
        buf_printf(&inner, "https://%.*s", SLICE_ARG(behind));
        parts = url_split(buf_view(&inner), &original) ? original : parts;
    }
    append_url(&text, &parts, key);
    struct slice copy =
        text.failed || inner.failed ? SLICE_NONE : arena_copy(arena, buf_view(&text));
    buf_done(&text);
    buf_done(&inner);
    if (!slice_present(copy)) {
        return err_nomem(e);
    }
    *out = copy;
    return RC_OK;
}

enum rc identity_canonical_url(struct slice url, struct arena *arena, struct slice *out,
                               struct err *e)
{
    url = slice_trim(url);
    if (url.len > URL_MOST_BYTES) {
        return err_field(e, RC_INVALID, "url", "the URL is longer than %d bytes", URL_MOST_BYTES);
    }
    if (!url_is_clean(url)) {
        return no_url(url, e);
    }
    return level(url, false, arena, out, e);
}

enum rc identity_url_key(struct slice canonical_url, struct arena *arena, struct slice *out,
                         struct err *e)
{
    return level(canonical_url, true, arena, out, e);
}
