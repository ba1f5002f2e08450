#include "ingest/identity.h"

#include <string.h>

#include "base/buf.h"
#include "base/jsonw.h"

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
 * field came from is no part of it, nor in which of its forms the address was given. */
static void write_canonical(struct jsonw *w, const struct document *d, struct slice url_key)
{
    jsonw_object(w);
    jsonw_key_string(w, "title", d->title.text);
    jsonw_key_string(w, "standfirst", d->standfirst.text);
    jsonw_key_string(w, "url", url_key);
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

/* A page that names another address as its own is not known by the one it was fetched from. */
static void keep_sent_url(const struct document *document, struct arena *arena,
                          struct identity *identity)
{
    struct slice sent = document->url.text, canonical, key;
    struct err ignored = {0};
    if (slice_present(sent) && !slice_equal(sent, identity->canonical_url) &&
        identity_canonical_url(sent, arena, &canonical, &ignored) == RC_OK &&
        identity_url_key(canonical, arena, &key, &ignored) == RC_OK &&
        slice_equal(key, identity->key)) {
        identity->sent_url = sent;
    }
}

enum rc identity_of(const struct document *document, struct arena *arena, struct identity *out,
                    struct err *e)
{
    struct identity identity = {.canonical_url = document->canonical_url.text};
    identity.content = digest_sha256(&document->text, 1);
    if (slice_present(identity.canonical_url)) {
        identity.kind = "url";
        enum rc rc = identity_url_key(identity.canonical_url, arena, &identity.key, e);
        if (rc) {
            return rc;
        }
        keep_sent_url(document, arena, &identity);
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
    write_canonical(&w, document,
                    slice_present(identity.canonical_url) ? identity.key : SLICE_NONE);
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
