#include "ingest/metadata.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "text/dates.h"

#define LIST_MOST 256

static const struct rule {
    size_t offset; /* of the struct field in struct document */
    size_t most_bytes;
} rules[] = {
    [METADATA_TITLE] = {offsetof(struct document, title), 4096},
    [METADATA_STANDFIRST] = {offsetof(struct document, standfirst), 16384},
    [METADATA_URL] = {offsetof(struct document, url), 4096},
    [METADATA_EXTERNAL_ID] = {offsetof(struct document, external_id), 512},
    [METADATA_SOURCE] = {offsetof(struct document, source), 256},
    [METADATA_SECTION] = {offsetof(struct document, section), 256},
    [METADATA_IMAGE] = {offsetof(struct document, image), 4096},
    [METADATA_LANG] = {offsetof(struct document, lang), 35},
    [METADATA_DATELINE] = {offsetof(struct document, dateline), 256},
};

static struct field *field_of(struct document *document, enum metadata_field field)
{
    return (struct field *)(void *)((char *)document + rules[field].offset);
}

/* A copy with every control character, line ends included, turned into a blank: one field, one line. */
static struct slice one_line(struct slice value, struct arena *arena)
{
    char *copy = arena_alloc(arena, value.len + 1);
    if (!copy) {
        return SLICE_NONE;
    }
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        copy[i] = c < 0x20 || c == 0x7F ? ' ' : (char)c;
    }
    return slice_trim(slice_of(copy, value.len));
}

/* BCP 47 in outline: letters, then groups of letters and digits; "fr", "fr-CA", "zh-Hant". */
static bool is_language(struct slice lang)
{
    size_t group = 0;
    bool first = true;
    for (size_t i = 0; i <= lang.len; i++) {
        if (i == lang.len || lang.ptr[i] == '-') {
            if (group < (first ? 2u : 1u) || group > (first ? 3u : 8u)) {
                return false;
            }
            group = 0;
            first = false;
        } else if (isalpha((unsigned char)lang.ptr[i]) ||
                   (!first && isdigit((unsigned char)lang.ptr[i]))) {
            group++;
        } else {
            return false;
        }
    }
    return true;
}

static enum rc set_language(struct slice *value, const char *name, struct err *e)
{
    if (!is_language(*value)) {
        return err_field(e, RC_INVALID, name,
                         "\"%.*s\" is not a language code such as \"fr\" or \"en-GB\"",
                         value->len > 40 ? 40 : (int)value->len, value->ptr);
    }
    char *text = (char *)(uintptr_t)value->ptr; /* one_line made this copy */
    for (size_t i = 0; i < value->len && text[i] != '-'; i++) {
        text[i] = (char)tolower((unsigned char)text[i]);
    }
    return RC_OK;
}

static enum rc check_length(struct slice value, size_t most_bytes, const char *name, struct err *e)
{
    return value.len <= most_bytes
               ? RC_OK
               : err_field(e, RC_INVALID, name, "%s is longer than %zu bytes", name, most_bytes);
}

enum rc metadata_set(struct document *document, enum metadata_field field, struct slice value,
                     enum origin origin, const char *name, struct arena *arena, struct err *e)
{
    enum rc rc = check_length(value, rules[field].most_bytes, name, e);
    if (rc || slice_trim(value).len == 0) {
        return rc;
    }
    struct slice text = one_line(value, arena);
    if (!slice_present(text)) {
        return err_nomem(e);
    }
    if (field == METADATA_LANG && (rc = set_language(&text, name, e)) != RC_OK) {
        return rc;
    }
    if (field == METADATA_URL) {
        struct slice canonical = SLICE_NONE;
        rc = identity_canonical_url(text, arena, &canonical, e);
        if (rc) {
            if (e) {
                snprintf(e->field, sizeof e->field, "%s", name);
            }
            return rc;
        }
        if (!slice_present(document->canonical_url.text)) { /* the publisher's own word wins */
            document->canonical_url = (struct field){canonical, origin};
        }
    }
    *field_of(document, field) = (struct field){text, origin};
    return RC_OK;
}

enum rc metadata_moment(struct moment *out, struct slice value, enum origin origin,
                        const char *name, struct err *e)
{
    struct moment moment = {.present = true, .origin = origin};
    value = slice_trim(value);
    if (value.len == 0) {
        return RC_OK;
    }
    if (!dates_parse_iso(value, &moment.time_ms, &moment.date_only)) {
        return err_field(e, RC_INVALID, name,
                         "\"%.*s\" is not a date such as 2026-02-03 or 2026-02-03T14:05:00Z",
                         value.len > 40 ? 40 : (int)value.len, value.ptr);
    }
    *out = moment;
    return RC_OK;
}

enum rc metadata_list(struct slice **items, size_t *count, struct slice value, const char *name,
                      struct arena *arena, struct err *e)
{
    enum rc rc = check_length(value, 1024, name, e);
    if (rc || slice_trim(value).len == 0) {
        return rc;
    }
    if (*count >= LIST_MOST) {
        return err_field(e, RC_INVALID, name, "%s has more than %d values", name, LIST_MOST);
    }
    struct slice text = one_line(value, arena);
    struct slice *grown = arena_grow(arena, *items, *count, *count + 1, sizeof **items);
    if (!slice_present(text) || !grown) {
        return err_nomem(e);
    }
    *items = grown;
    grown[(*count)++] = text;
    return RC_OK;
}

enum rc metadata_hints(struct document *document, const struct ingest_hints *hints,
                       struct arena *arena, struct err *e)
{
    const struct {
        enum metadata_field field;
        struct slice value;
        const char *name;
    } said[] = {
        {METADATA_TITLE, hints->title, "title"},
        {METADATA_URL, hints->url, "url"},
        {METADATA_SOURCE, hints->source, "source"},
        {METADATA_LANG, hints->lang, "lang"},
        {METADATA_SECTION, hints->section, "section"},
        {METADATA_EXTERNAL_ID, hints->external_id, "external_id"},
    };
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        if (slice_present(said[i].value) &&
            !slice_present(field_of(document, said[i].field)->text)) {
            enum rc rc = metadata_set(document, said[i].field, said[i].value, ORIGIN_SUBMITTED,
                                      said[i].name, arena, e);
            if (rc) {
                return rc;
            }
        }
    }
    enum rc rc = RC_OK;
    if (slice_present(hints->published_at) && !document->published.present) {
        rc = metadata_moment(&document->published, hints->published_at, ORIGIN_SUBMITTED,
                             "published_at", e);
    }
    if (rc == RC_OK && slice_present(hints->modified_at) && !document->modified.present) {
        rc = metadata_moment(&document->modified, hints->modified_at, ORIGIN_SUBMITTED,
                             "modified_at", e);
    }
    return rc;
}

bool metadata_warn(struct document *document, struct arena *arena, const char *code,
                   struct slice detail)
{
    struct warning *grown = arena_grow(arena, document->warnings, document->warning_count,
                                       document->warning_count + 1, sizeof *grown);
    struct slice copy = arena_copy(arena, detail);
    if (!grown || !slice_present(copy)) {
        return false;
    }
    grown[document->warning_count++] = (struct warning){code, copy};
    document->warnings = grown;
    return true;
}
