#include "api/view_quote.h"

#include "api/links.h"
#include "api/stored_quote.h"
#include "api/view_explain.h"
#include "api/view_highlights.h"
#include "text/dates.h"

static void write_span(struct jsonw *w, const struct store_span *span)
{
    jsonw_key_int(w, "start", span->start_cp);
    jsonw_key_int(w, "end", span->end_cp);
}

static void write_article(struct jsonw *w, const struct store_quote *quote, const char *id)
{
    char published[32], at[32];
    dates_format(quote->sort_ms, false, at);
    if (quote->article.has_published) {
        bool same =
            !quote->article.published_date_only && quote->article.published_ms == quote->sort_ms;
        if (same) { /* as most are */
            memcpy(published, at, sizeof at);
        } else {
            dates_format(quote->article.published_ms, quote->article.published_date_only,
                         published);
        }
    }
    jsonw_key(w, "article");
    jsonw_object(w);
    jsonw_key_string(w, "id", slice_of(id, DIGEST_ID_CHARS));
    jsonw_key_string(w, "title", quote->article.title);
    jsonw_key_string(w, "source", quote->article.source);
    jsonw_key_text(w, "published_at", quote->article.has_published ? published : NULL);
    jsonw_key_text(w, "at", at);
    jsonw_key_string(w, "url", quote->article.url);
    jsonw_end(w);
}

static void write_cue(struct jsonw *w, const struct store_quote *quote)
{
    jsonw_key(w, "cue");
    if (!quote->has_cue) {
        jsonw_null(w);
        return;
    }
    jsonw_object(w);
    jsonw_key_string(w, "text", quote->cue.text);
    jsonw_key_string(w, "lemma", quote->cue.lemma);
    jsonw_key_text(w, "class", cue_class_name(quote->cue.class));
    write_span(w, &quote->cue.span);
    jsonw_end(w);
}

static void write_ref(struct jsonw *w, const struct store_entity_ref *entity)
{
    if (!entity->present) {
        jsonw_null(w);
        return;
    }
    if (entity->handle) {
        stored_quote_entity(w, STORED_OBJECT, entity);
        return;
    }
    jsonw_object(w);
    links_write_id(w, "id", entity->id);
    jsonw_key_string(w, "name", entity->name);
    jsonw_end(w);
}

static void write_party(struct jsonw *w, const char *key, const struct store_speaker *party)
{
    jsonw_key(w, key);
    if (!party->present) {
        jsonw_null(w);
        return;
    }
    jsonw_object(w);
    if (party->implied) {
        jsonw_key_null(w, "text");
        jsonw_key_null(w, "start");
        jsonw_key_null(w, "end");
    } else {
        jsonw_key_string(w, "text", party->text);
        write_span(w, &party->span);
    }
    jsonw_key_text(w, "kind", speaker_kind_name(party->kind));
    if (party->entity.handle && party->entity.present) {
        stored_quote_entity(w, STORED_PARTY, &party->entity);
    } else if (party->entity.present) {
        links_write_id(w, "entity", party->entity.id);
        jsonw_key_string(w, "name", party->entity.name);
        jsonw_key_text(w, "type", entity_type_name(party->entity.type));
    } else {
        jsonw_key_null(w, "entity");
        jsonw_key_string(w, "name", party->name);
        jsonw_key_null(w, "type");
    }
    jsonw_key_string(w, "title", party->title);
    jsonw_key(w, "affiliation");
    write_ref(w, &party->affiliation);
    jsonw_end(w);
}

static void write_alternatives(struct jsonw *w, const struct store_quote *quote)
{
    jsonw_key(w, "alternatives");
    jsonw_array(w);
    for (size_t i = 0; i < quote->alternative_count; i++) {
        const struct store_alternative *other = &quote->alternatives[i];
        if (other->entity.present) {
            jsonw_object(w);
            if (other->entity.handle) {
                stored_quote_entity(w, STORED_NAME, &other->entity);
            } else {
                links_write_id(w, "entity", other->entity.id);
                jsonw_key_string(w, "name", other->entity.name);
            }
            jsonw_key_real(w, "score", (double)other->score);
            jsonw_end(w);
        }
    }
    jsonw_end(w);
}

/* What the stored view leaves to the row: `slot` stands for it there, 0 when the reply itself is written. */
static void write_text(struct jsonw *w, const char *key, struct slice text, char slot)
{
    if (slot == 0) {
        jsonw_key_string(w, key, text);
    } else {
        jsonw_key(w, key);
        jsonw_raw(w, slice_of(&slot, 1));
    }
}

static void write_words(struct jsonw *w, const struct store_quote *quote, bool stored)
{
    jsonw_key_text(w, "type", quote_type_name(quote->type));
    write_text(w, "text", quote->text, stored ? STORED_TEXT : 0);
    jsonw_key(w, "spans");
    jsonw_array(w);
    for (size_t i = 0; i < quote->span_count; i++) {
        jsonw_object(w);
        write_span(w, &quote->spans[i].span);
        jsonw_key_bool(w, "verbatim", quote->spans[i].verbatim);
        jsonw_end(w);
    }
    jsonw_end(w);
    write_cue(w, quote);
}

static void write_parties(struct jsonw *w, const struct store_quote *quote)
{
    write_party(w, "speaker", &quote->speaker);
    jsonw_key_string(w, "speaker_resolution", quote->resolution);
    write_alternatives(w, quote);
    write_party(w, "reported_by", &quote->reported_by);
    write_party(w, "addressee", &quote->addressee);
    jsonw_key_string(w, "channel", quote->channel);
}

static void write_flags(struct jsonw *w, const struct store_quote *quote, bool stored)
{
    jsonw_key_bool(w, "negated", quote->negated);
    jsonw_key_bool(w, "hypothetical", quote->hypothetical);
    jsonw_key_bool(w, "in_headline", quote->in_headline);
    if (quote->has_body_quote) {
        links_write_id(w, "body_quote", quote->body_quote);
    } else {
        jsonw_key_null(w, "body_quote");
    }
    jsonw_key(w, "about");
    jsonw_array(w);
    for (size_t i = 0; i < quote->about_count; i++) {
        if (quote->about[i].present) {
            write_ref(w, &quote->about[i]);
        }
    }
    jsonw_end(w);
    write_text(w, "before", quote->before, stored ? STORED_BEFORE : 0);
    write_text(w, "after", quote->after, stored ? STORED_AFTER : 0);
    jsonw_key_real(w, "confidence", (double)quote->confidence);
    jsonw_key_string(w, "rule", quote->rule);
    jsonw_key_bool(w, "corrected", quote->corrected);
}

static void write_links(struct jsonw *w, struct slice base, const char *id, const char *article)
{
    jsonw_key(w, "links");
    jsonw_object(w);
    jsonw_key(w, "self");
    links_write_known(w, base, SLICE("quotes"), id, SLICE(""));
    jsonw_key(w, "article");
    links_write_known(w, base, SLICE("articles"), article, SLICE(""));
    jsonw_key(w, "occurrences");
    links_write_known(w, base, SLICE("quotes"), id, SLICE("/occurrences"));
    jsonw_end(w);
}

static void write_quote(struct jsonw *w, struct slice base, const struct store_quote *quote,
                        bool explain)
{
    char id[DIGEST_ID_CHARS + 1], article[DIGEST_ID_CHARS + 1];
    digest_format_id(quote->id, id);
    digest_format_id(quote->article.id, article);
    jsonw_object(w);
    jsonw_key_string(w, "id", slice_of(id, DIGEST_ID_CHARS));
    write_article(w, quote, article);
    if (slice_present(quote->view)) {
        stored_quote_write(w, quote);
    } else {
        write_words(w, quote, false);
        write_parties(w, quote);
        write_flags(w, quote, false);
    }
    write_links(w, base, id, article);
    if (explain) {
        view_explain_stored(w, quote);
    }
    if (quote->highlighted) {
        view_highlights_write(w, quote->highlights, quote->highlight_count, NULL);
    }
    jsonw_end(w);
}

void view_quote_write(struct jsonw *w, struct slice base, const struct store_quote *quote)
{
    write_quote(w, base, quote, false);
}

void view_quote_explain(struct jsonw *w, struct slice base, const struct store_quote *quote)
{
    write_quote(w, base, quote, true);
}

bool view_quote_store(const struct store_quote *quote, struct buf *out)
{
    struct buf json;
    struct jsonw w;
    buf_init(&json);
    jsonw_init(&w, &json, 0);
    jsonw_object(&w);
    write_words(&w, quote, true);
    write_parties(&w, quote);
    write_flags(&w, quote, true);
    jsonw_end(&w);
    bool whole = !json.failed && json.len > 2;
    if (whole) { /* the members alone: they stand in the quote's own object */
        stored_quote_pack(slice_of(json.data + 1, json.len - 2), out);
    }
    buf_done(&json);
    return whole && !out->failed;
}
