#include "ingest/identity.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/jsonw.h"
#include "text/utf8.h"

#define URL_MOST_BYTES 4096

/* Parameters that say how a reader came, never what the page is. Source: the documentation of the
 * trackers themselves (Google Analytics and Ads, Meta, Microsoft, X, Yandex, Mailchimp, HubSpot, Marketo,
 * Piano/AT Internet, Adobe). A '*' ends a prefix. */
static const char *const tracking[] = {
    "utm_*",
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "twclid",
    "ttclid",
    "igshid",
    "igsh",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "__hstc",
    "__hssc",
    "__hsfp",
    "hsctatracking",
    "mkt_tok",
    "vero_id",
    "oly_anon_id",
    "oly_enc_id",
    "xtor",
    "xtref",
    "at_medium",
    "at_campaign",
    "at_custom*",
    "at_link*",
    "at_format",
    "at_ptr_name",
    "at_variant",
    "at_creation",
    "ns_mchannel",
    "ns_source",
    "ns_campaign",
    "ns_linkname",
    "ns_fee",
    "s_cid",
    "cmpid",
    "icid",
    "ocid",
    "smid",
    "wt_mc",
    "wt_zmc",
    "pk_campaign",
    "pk_kwd",
    "mtm_*",
    "matomo_*",
    "_openstat",
    "ref_src",
    "guccounter",
    "guce_referrer",
    "guce_referrer_sig",
};

static bool is_tracking(struct slice name)
{
    for (size_t i = 0; i < sizeof tracking / sizeof tracking[0]; i++) {
        size_t len = strlen(tracking[i]);
        bool prefix = tracking[i][len - 1] == '*';
        if (prefix ? name.len >= len - 1 && strncasecmp(name.ptr, tracking[i], len - 1) == 0
                   : name.len == len && strncasecmp(name.ptr, tracking[i], len) == 0) {
            return true;
        }
    }
    return false;
}

struct url_parts {
    bool secure;
    struct slice host, port, path, query; /* query absent without '?' */
};

static bool url_split(struct slice url, struct url_parts *out)
{
    size_t scheme = slice_find(url, SLICE("://"), 0);
    if (scheme != 4 && scheme != 5) {
        return false;
    }
    out->secure = scheme == 5;
    if (strncasecmp(url.ptr, out->secure ? "https" : "http", scheme) != 0) {
        return false;
    }
    struct slice rest = slice_of(url.ptr + scheme + 3, url.len - scheme - 3);
    const char *hash = memchr(rest.ptr, '#', rest.len);
    if (hash) {
        rest.len = (size_t)(hash - rest.ptr);
    }
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != '?') {
        end++;
    }
    struct slice authority = slice_of(rest.ptr, end);
    rest = slice_of(rest.ptr + end, rest.len - end);
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
    const char *mark = memchr(rest.ptr, '?', rest.len);
    out->path = slice_of(rest.ptr, mark ? (size_t)(mark - rest.ptr) : rest.len);
    out->query = mark ? slice_of(mark + 1, rest.len - out->path.len - 1) : SLICE_NONE;
    return out->host.len > 0;
}

/* Escapes what has no place in a URL and levels the spelling of escapes: %c3%a9, %C3%A9 and é are one. */
static void append_escaped(struct buf *out, struct slice s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c >= 0x80 || strchr("\"<>\\^`{|}", c)) {
            buf_char(out, '%');
            buf_char(out, hex[c >> 4]);
            buf_char(out, hex[c & 15]);
        } else if (c == '%' && i + 2 < s.len && isxdigit((unsigned char)s.ptr[i + 1]) &&
                   isxdigit((unsigned char)s.ptr[i + 2])) {
            buf_char(out, '%');
            buf_char(out, (char)toupper((unsigned char)s.ptr[++i]));
            buf_char(out, (char)toupper((unsigned char)s.ptr[++i]));
        } else {
            buf_char(out, (char)c);
        }
    }
}

static void append_lower(struct buf *out, struct slice host)
{
    char bytes[4];
    for (size_t at = 0; at < host.len;) {
        size_t len = utf8_encode(utf8_to_lower(utf8_decode(host, at, &at)), bytes);
        buf_append(out, bytes, len);
    }
}

static void append_query(struct buf *out, struct slice query)
{
    char separator = '?';
    while (slice_present(query)) {
        struct slice pair = slice_cut(&query, '&');
        const char *equal = memchr(pair.ptr, '=', pair.len);
        struct slice name = slice_of(pair.ptr, equal ? (size_t)(equal - pair.ptr) : pair.len);
        if (pair.len > 0 && !is_tracking(name)) {
            buf_char(out, separator);
            append_escaped(out, pair);
            separator = '&';
        }
    }
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

enum rc identity_canonical_url(struct slice url, struct arena *arena, struct slice *out,
                               struct err *e)
{
    struct url_parts parts;
    url = slice_trim(url);
    if (url.len > URL_MOST_BYTES) {
        return err_field(e, RC_INVALID, "url", "the URL is longer than %d bytes", URL_MOST_BYTES);
    }
    if (!url_is_clean(url) || !url_split(url, &parts)) {
        return err_field(e, RC_INVALID, "url",
                         "\"%.*s\" is not an absolute http or https URL without blanks",
                         url.len > 80 ? 80 : (int)url.len, url.ptr ? url.ptr : "");
    }
    struct buf text;
    buf_init(&text);
    buf_text(&text, parts.secure ? "https://" : "http://");
    append_lower(&text, parts.host);
    if (parts.port.len > 0 && !slice_is(parts.port, parts.secure ? "443" : "80")) {
        buf_char(&text, ':');
        buf_slice(&text, parts.port);
    }
    if (parts.path.len == 0) {
        buf_char(&text, '/');
    }
    append_escaped(&text, parts.path);
    append_query(&text, parts.query);
    struct slice copy = text.failed ? SLICE_NONE : arena_copy(arena, buf_view(&text));
    buf_done(&text);
    if (!slice_present(copy)) {
        return err_nomem(e);
    }
    *out = copy;
    return RC_OK;
}

static void write_list(struct jsonw *w, const char *key, const struct slice *items, size_t count)
{
    jsonw_key(w, key);
    jsonw_array(w);
    for (size_t i = 0; i < count; i++) {
        jsonw_string(w, items[i]);
    }
    jsonw_end(w);
}

static void write_moment(struct jsonw *w, const char *key, const struct moment *moment)
{
    jsonw_key(w, key);
    if (!moment->present) {
        jsonw_null(w);
        return;
    }
    jsonw_array(w);
    jsonw_int(w, moment->time_ms);
    jsonw_bool(w, moment->date_only);
    jsonw_end(w);
}

/* The document without its text, always written the same way, so that its hash says what changed. Where a
 * field came from is no part of it. */
static void write_canonical(struct jsonw *w, const struct document *d)
{
    jsonw_object(w);
    jsonw_key_string(w, "title", d->title.text);
    jsonw_key_string(w, "standfirst", d->standfirst.text);
    jsonw_key_string(w, "url", d->canonical_url.text);
    jsonw_key_string(w, "external_id", d->external_id.text);
    jsonw_key_string(w, "source", d->source.text);
    jsonw_key_string(w, "section", d->section.text);
    jsonw_key_string(w, "image", d->image.text);
    jsonw_key_string(w, "lang", d->lang.text);
    write_list(w, "bylines", d->bylines, d->byline_count);
    write_list(w, "keywords", d->keywords, d->keyword_count);
    write_moment(w, "published", &d->published);
    write_moment(w, "modified", &d->modified);
    jsonw_key(w, "blocks");
    jsonw_array(w);
    for (size_t i = 0; i < d->block_count; i++) {
        jsonw_text(w, block_kind_name(d->blocks[i].kind));
        jsonw_int(w, d->blocks[i].span.start_byte);
        jsonw_int(w, d->blocks[i].span.end_byte);
    }
    jsonw_end(w);
    jsonw_end(w);
}

enum rc identity_of(const struct document *document, struct arena *arena, struct identity *out,
                    struct err *e)
{
    struct identity identity = {.canonical_url = document->canonical_url.text};
    identity.content = digest_sha256(&document->text, 1);
    if (slice_present(identity.canonical_url)) {
        identity.kind = "url";
        identity.key = identity.canonical_url;
    } else if (slice_present(document->external_id.text)) {
        identity.kind = "external_id";
        identity.key = document->external_id.text;
    } else {
        char hex[65];
        digest_format_hex(&identity.content, hex);
        identity.kind = "content";
        identity.key = arena_copy(arena, slice_cstr(hex));
        if (!slice_present(identity.key)) {
            return err_nomem(e);
        }
    }
    identity.id = digest_article_id(identity.kind, identity.key);

    struct buf canonical;
    buf_init(&canonical);
    struct jsonw w;
    jsonw_init(&w, &canonical, 0);
    write_canonical(&w, document);
    bool failed = canonical.failed;
    struct slice parts[] = {buf_view(&canonical), slice_of("", 1), document->text};
    identity.revision = digest_sha256(parts, 3);
    buf_done(&canonical);
    if (failed) {
        return err_nomem(e);
    }
    *out = identity;
    return RC_OK;
}
