#include "ingest/html_fields.h"

#include <libxml/HTMLparser.h>
#include <stdlib.h>
#include <strings.h>

#include "ingest/byline.h"
#include "ingest/datetext.h"
#include "ingest/html_title.h"
#include "ingest/metadata.h"
#include "ingest/xml_url.h"
#include "text/utf8.h"

#define TITLE_MOST      2000u
#define STANDFIRST_MOST 8000u
#define NAME_MOST       120u

static bool is_list(enum html_field field)
{
    return field == FIELD_AUTHORS || field == FIELD_KEYWORDS;
}

static bool is_address(struct slice s)
{
    return slice_find(s, SLICE("://"), 0) != SIZE_MAX || slice_starts(s, SLICE("www.")) ||
           slice_starts(s, SLICE("//"));
}

/* "&#039;", "&eacute;", "&amp;" in values that were escaped once too often. */
static size_t entity_at(struct slice s, size_t at, uint32_t *cp)
{
    const char *end = memchr(s.ptr + at, ';', s.len - at < 12 ? s.len - at : 12);
    size_t len = end ? (size_t)(end - s.ptr) - at : 0;
    char name[12];
    if (len < 3) {
        return 0;
    }
    memcpy(name, s.ptr + at + 1, len - 1);
    name[len - 1] = '\0';
    if (name[0] == '#') {
        bool hex = name[1] == 'x' || name[1] == 'X';
        *cp = (uint32_t)strtoul(name + (hex ? 2 : 1), NULL, hex ? 16 : 10);
        bool sane = *cp >= 0x20 && *cp <= 0x10FFFF && (*cp < 0xD800 || *cp > 0xDFFF);
        return sane ? len + 1 : 0;
    }
    const htmlEntityDesc *entity = htmlEntityLookup((const xmlChar *)name);
    *cp = entity ? entity->value : 0;
    return entity ? len + 1 : 0;
}

static struct slice level(struct slice s, struct arena *arena)
{
    char *out = arena_alloc(arena, s.len + 1);
    size_t len = 0;
    for (size_t at = 0; at < s.len;) {
        uint32_t cp = 0;
        size_t used = s.ptr[at] == '&' ? entity_at(s, at, &cp) : 0;
        bool blank = used ? cp == ' ' : (unsigned char)s.ptr[at] <= 0x20;
        if (blank) {
            if (len > 0 && out[len - 1] != ' ') {
                out[len++] = ' ';
            }
        } else if (used) {
            len += utf8_encode(cp, out + len);
        } else {
            out[len++] = s.ptr[at];
        }
        at += used ? used : 1;
    }
    return slice_trim(slice_of(out, len));
}

static void keep(struct html_value *value, struct slice text)
{
    for (size_t i = 0; i < value->count; i++) {
        if (slice_equal(value->items[i], text)) {
            return;
        }
    }
    if (text.len > 0 && value->count < FIELD_VALUES_MOST) {
        value->items[value->count++] = text;
    }
}

static void keep_authors(const struct html_fields *f, struct html_value *value, struct slice text)
{
    struct slice names[BYLINE_NAMES_MOST];
    size_t count = html_fields_names(f, text, names, BYLINE_NAMES_MOST);
    for (size_t i = 0; i < count; i++) {
        keep(value, names[i]);
    }
}

static void keep_keywords(struct html_value *value, struct slice text)
{
    char separator = memchr(text.ptr, ',', text.len) ? ',' : ';';
    while (slice_present(text)) {
        struct slice word = slice_trim(slice_cut(&text, separator));
        keep(value, word.len <= 200 ? word : SLICE(""));
    }
}

/* What a value must be to count at all, so that rubbish never hides a worse witness. */
static struct slice check(struct html_fields *f, enum html_field field, struct slice text)
{
    struct moment moment;
    switch (field) {
    case FIELD_PUBLISHED:
    case FIELD_MODIFIED:
        return datetext_read(text, &f->packs, f->arena, &moment) ? text : SLICE_NONE;
    case FIELD_CANONICAL:
    case FIELD_IMAGE: {
        struct slice url = xml_url_join(f->base, text, f->arena);
        f->dropped_address |= !slice_present(url) && slice_find(text, SLICE(":"), 0) != SIZE_MAX;
        return url;
    }
    case FIELD_AUTHORS:
        return (is_address(text) && !memchr(text.ptr, ' ', text.len)) || text.len > 600 ? SLICE_NONE
                                                                                        : text;
    default:
        return text;
    }
}

void html_fields_offer(struct html_fields *f, enum html_field field, struct slice given,
                       enum origin origin, enum html_rank rank)
{
    struct html_value *value = &f->values[field];
    if (slice_trim(given).len == 0 || rank > value->rank ||
        (rank == value->rank && value->count > 0 && !is_list(field))) {
        return;
    }
    struct slice text = check(f, field, level(given, f->arena));
    if (!slice_present(text) || text.len == 0) {
        return;
    }
    struct html_value before = *value;
    if (rank < value->rank) {
        *value = (struct html_value){.rank = (uint8_t)rank, .origin = origin};
    }
    if (field == FIELD_AUTHORS) {
        keep_authors(f, value, text);
    } else if (field == FIELD_KEYWORDS) {
        keep_keywords(value, text);
    } else {
        keep(value, text);
    }
    if (value->count == 0) {
        *value = before;
    }
}

struct slice html_fields_get(const struct html_fields *f, enum html_field field)
{
    return f->values[field].count > 0 ? f->values[field].items[0] : SLICE_NONE;
}

/* ---- names */

static bool is_name(struct slice s)
{
    return s.len > 1 && s.len <= NAME_MOST && !is_address(s) && s.ptr[0] != '@';
}

/* "CC7567" is what a reader is called, and no name. */
static bool has_digit(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] >= '0' && s.ptr[i] <= '9') {
            return true;
        }
    }
    return false;
}

size_t html_fields_names(const struct html_fields *f, struct slice text, struct slice *names,
                         size_t most)
{
    struct byline byline = byline_of_field(&f->packs, f->arena, text);
    size_t count = 0;
    for (size_t i = 0; i < byline.count && count < most; i++) {
        if (is_name(byline.names[i])) {
            names[count++] = byline.names[i];
        }
    }
    struct slice whole = slice_present(byline.rest) ? byline.rest : text;
    if (count == 0 && byline.count == 0 && is_name(whole) && !has_digit(whole)) {
        names[count++] = whole; /* scripts without capitals, or names without */
    }
    return count;
}

/* ---- filing */

static void warn(struct document *document, struct arena *arena, const char *code,
                 const char *detail)
{
    metadata_warn(document, arena, code, slice_cstr(detail));
}

static struct slice cut(struct slice text, size_t most)
{
    if (text.len > most) {
        text.len = most;
        utf8_valid(text, &text.len);
    }
    return text;
}

/* A value that its rule refuses is left out: pages are full of them. */
static enum rc file(const struct html_fields *f, struct document *document, enum html_field from,
                    enum metadata_field to, const char *name, struct err *e)
{
    struct slice text = html_fields_get(f, from);
    struct err ignored = {0};
    if (!slice_present(text)) {
        return RC_OK;
    }
    enum rc rc = metadata_set(document, to, text, f->values[from].origin, name, f->arena, &ignored);
    if (rc == RC_INVALID && from != FIELD_LANG) {
        warn(document, f->arena, "field_dropped", ignored.message);
    }
    return rc == RC_NOMEM ? err_nomem(e) : RC_OK;
}

static enum rc file_address(const struct html_fields *f, struct document *document, struct err *e)
{
    struct slice url = html_fields_get(f, FIELD_CANONICAL), canonical = SLICE_NONE;
    struct err ignored = {0};
    if (!slice_present(url)) {
        return RC_OK;
    }
    enum rc rc = identity_canonical_url(url, f->arena, &canonical, &ignored);
    if (rc == RC_OK) {
        document->canonical_url = (struct field){canonical, f->values[FIELD_CANONICAL].origin};
        if (!slice_present(document->url.text)) {
            document->url =
                (struct field){arena_copy(f->arena, url), f->values[FIELD_CANONICAL].origin};
        }
    }
    return rc == RC_NOMEM ? err_nomem(e) : RC_OK;
}

static enum rc file_list(const struct html_fields *f, enum html_field from, struct slice **items,
                         size_t *count, struct err *e)
{
    struct err ignored = {0};
    for (size_t i = 0; *count < 64 && i < f->values[from].count; i++) {
        if (metadata_list(items, count, f->values[from].items[i], "list", f->arena, &ignored) ==
            RC_NOMEM) {
            return err_nomem(e);
        }
    }
    return RC_OK;
}

static void file_moment(const struct html_fields *f, enum html_field from, const char *mark,
                        struct moment *to)
{
    struct slice text = html_fields_get(f, from);
    if (!slice_present(text) || to->present) {
        return;
    }
    bool marked = f->values[from].origin == ORIGIN_TEXT &&
                  datetext_marked(text, &f->packs, f->arena, mark, to);
    if (marked || datetext_read(text, &f->packs, f->arena, to)) {
        to->origin = f->values[from].origin;
    }
}

static struct slice host_of(struct slice url)
{
    size_t start = slice_find(url, SLICE("://"), 0);
    if (start == SIZE_MAX) {
        return SLICE_NONE;
    }
    struct slice rest = slice_of(url.ptr + start + 3, url.len - start - 3);
    struct slice host = slice_cut(&rest, '/');
    return slice_starts(host, SLICE("www.")) ? slice_of(host.ptr + 4, host.len - 4) : host;
}

static enum rc file_words(struct html_fields *f, struct document *document, struct err *e)
{
    struct html_value *title = &f->values[FIELD_TITLE];
    struct slice whole = html_title_choose(f);
    if (slice_present(whole)) {
        title->items[0] = cut(whole, TITLE_MOST);
        title->count = 1;
        if (whole.len > TITLE_MOST) {
            warn(document, f->arena, "title_cut",
                 "the title was cut: it is longer than 2000 bytes");
        }
    }
    f->values[FIELD_STANDFIRST].items[0] =
        cut(f->values[FIELD_STANDFIRST].items[0], STANDFIRST_MOST);
    for (size_t i = 0; i < html_fields_get(f, FIELD_LANG).len; i++) { /* og:locale writes fr_FR */
        char *c = (char *)(uintptr_t)&f->values[FIELD_LANG].items[0].ptr[i];
        *c = *c == '_' ? '-' : *c;
    }
    enum rc rc = file(f, document, FIELD_TITLE, METADATA_TITLE, "title", e);
    rc = rc ? rc : file(f, document, FIELD_STANDFIRST, METADATA_STANDFIRST, "standfirst", e);
    rc = rc ? rc : file(f, document, FIELD_SITE, METADATA_SOURCE, "source", e);
    rc = rc ? rc : file(f, document, FIELD_SECTION, METADATA_SECTION, "section", e);
    rc = rc ? rc : file(f, document, FIELD_IMAGE, METADATA_IMAGE, "image", e);
    return rc ? rc : file(f, document, FIELD_LANG, METADATA_LANG, "lang", e);
}

enum rc html_fields_file(struct html_fields *f, struct document *document, struct err *e)
{
    enum rc rc = file_words(f, document, e);
    rc = rc ? rc : file_address(f, document, e);
    rc = rc ? rc : file_list(f, FIELD_AUTHORS, &document->bylines, &document->byline_count, e);
    rc = rc ? rc : file_list(f, FIELD_KEYWORDS, &document->keywords, &document->keyword_count, e);
    if (rc) {
        return rc;
    }
    file_moment(f, FIELD_PUBLISHED, "published", &document->published);
    file_moment(f, FIELD_MODIFIED, "modified", &document->modified);
    struct moment in_path;
    struct slice url = document->canonical_url.text;
    if (!document->published.present && slice_present(url) && datetext_of_url(url, &in_path)) {
        document->published = in_path;
        document->published.origin = ORIGIN_DETECTED;
    }
    struct slice host = slice_present(url) ? host_of(url) : SLICE_NONE;
    if (!slice_present(document->source.text) && host.len > 0) {
        document->source = (struct field){host, ORIGIN_DETECTED};
    }
    if (f->dropped_address) {
        warn(document, f->arena, "address_dropped",
             "an address that is no http or https one, or too long, was left out");
    }
    return RC_OK;
}
