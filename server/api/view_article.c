#include "api/view_article.h"

#include "api/links.h"
#include "api/view.h"
#include "api/view_entity.h"
#include "api/view_highlights.h"
#include "api/view_quote.h"
#include "base/clock.h"

/* What a document and its analysis say, from wherever they come. */
struct facts {
    const struct document *document;
    struct slice canonical_url;
    struct slice lang, analyser;
    float lang_confidence;
    enum origin lang_origin;
    const struct warning *warnings; /* of the analysis */
    size_t warning_count;
};

static void write_origin(struct jsonw *w, const char *key, bool present, enum origin origin)
{
    if (present && origin != ORIGIN_NONE) {
        jsonw_key_text(w, key, origin_name(origin));
    }
}

static void write_origins(struct jsonw *w, const struct facts *facts)
{
    const struct document *d = facts->document;
    const struct {
        const char *key;
        const struct field *field;
    } fields[] = {{"url", &d->url},         {"canonical_url", &d->canonical_url},
                  {"source", &d->source},   {"title", &d->title},
                  {"section", &d->section}, {"standfirst", &d->standfirst},
                  {"image", &d->image},     {"external_id", &d->external_id}};
    jsonw_key(w, "origins");
    jsonw_object(w);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        write_origin(w, fields[i].key, slice_present(fields[i].field->text),
                     fields[i].field->origin);
    }
    write_origin(w, "lang", slice_present(facts->lang), facts->lang_origin);
    write_origin(w, "published_at", d->published.present, d->published.origin);
    write_origin(w, "modified_at", d->modified.present, d->modified.origin);
    jsonw_end(w);
}

static void write_head(struct jsonw *w, const struct facts *facts)
{
    const struct document *d = facts->document;
    jsonw_key_string(w, "url", d->url.text);
    jsonw_key_string(w, "canonical_url", facts->canonical_url);
    jsonw_key_string(w, "external_id", d->external_id.text);
    jsonw_key_string(w, "source", d->source.text);
    jsonw_key_string(w, "title", d->title.text);
    jsonw_key_string(w, "standfirst", d->standfirst.text);
    view_texts(w, "bylines", d->bylines, d->byline_count);
    view_texts(w, "credits", d->credits, d->credit_count);
    jsonw_key_string(w, "lang", facts->lang);
    jsonw_key_real(w, "lang_confidence", (double)facts->lang_confidence);
    jsonw_key_string(w, "section", d->section.text);
    jsonw_key_string(w, "image", d->image.text);
    view_texts(w, "keywords", d->keywords, d->keyword_count);
    view_moment(w, "published_at", &d->published);
    view_moment(w, "modified_at", &d->modified);
    jsonw_key_int(w, "word_count", d->word_count);
}

/* The members that never change until the article or its analysis does, in a writer that stands in an object. */
static void write_facts(struct jsonw *w, const struct facts *facts)
{
    write_head(w, facts);
    write_origins(w, facts);
    jsonw_key(w, "warnings");
    jsonw_array(w);
    view_warnings(w, facts->document->warnings, facts->document->warning_count);
    view_warnings(w, facts->warnings, facts->warning_count);
    jsonw_end(w);
    jsonw_key_string(w, "analyser", facts->analyser);
}

static void render_summary(struct buf *out, const struct document *document,
                           const struct analysis *analysis, const struct identity *identity)
{
    struct facts facts = {.document = document,
                          .canonical_url = identity->canonical_url,
                          .lang = analysis->lang,
                          .analyser = slice_cstr(analysis->analyser),
                          .lang_confidence = analysis->lang_confidence,
                          .lang_origin = analysis->lang_origin,
                          .warnings = analysis->warnings,
                          .warning_count = analysis->warning_count};
    struct jsonw w;
    jsonw_init(&w, out, 0);
    jsonw_object(&w);
    write_facts(&w, &facts);
    jsonw_end(&w);
}

enum rc view_article_render(void *context, const struct document *document,
                            const struct analysis *analysis, const struct identity *identity,
                            struct arena *arena, struct pipeline_rendering *out, struct err *e)
{
    (void)context;
    struct buf summary;
    buf_init(&summary);
    render_summary(&summary, document, analysis, identity);
    struct pipeline_rendering made = {SLICE_NONE};
    if (!summary.failed && summary.len > 2) {
        /* the members alone: view_article_write stands in its own object */
        made.summary = arena_copy(arena, slice_of(summary.data + 1, summary.len - 2));
    }
    buf_done(&summary);
    if (!slice_present(made.summary)) {
        return err_nomem(e);
    }
    *out = made;
    return RC_OK;
}

unsigned view_article_parts(unsigned include)
{
    unsigned parts = STORE_SUMMARY;
    parts |= include & VIEW_BLOCKS ? STORE_BLOCKS : 0u;
    parts |= include & VIEW_TEXT ? STORE_TEXT : 0u;
    return parts;
}

/* A row that was stored without renderings. */
static void write_row_facts(struct jsonw *w, const struct store_article *row)
{
    struct facts facts = {.document = &row->document,
                          .canonical_url = row->document.canonical_url.text,
                          .lang = row->lang,
                          .analyser = row->analyser,
                          .lang_confidence = row->lang_confidence,
                          .lang_origin = row->lang_origin,
                          .warnings = row->warnings,
                          .warning_count = row->warning_count};
    write_facts(w, &facts);
}

static void write_row(struct jsonw *w, const struct store_article *row)
{
    char text[32];
    clock_format_utc(row->ingested_ms, text);
    jsonw_key_plain(w, "ingested_at", slice_cstr(text));
    if (row->updated_ms != row->ingested_ms) {
        clock_format_utc(row->updated_ms, text);
    }
    jsonw_key_plain(w, "updated_at", slice_cstr(text));
    jsonw_key_int(w, "revision", row->revision);
    jsonw_key_plain(w, "text_rights", slice_cstr(store_rights_name(row->rights)));
    jsonw_key(w, "counts");
    jsonw_object(w);
    jsonw_key_int(w, "entities", row->entity_count);
    jsonw_key_int(w, "mentions", row->mention_count);
    jsonw_key_int(w, "quotes", row->quote_count);
    jsonw_key_int(w, "duplicates", row->duplicates);
    jsonw_end(w);
    if (row->is_duplicate) {
        links_write_id(w, "duplicate_of", row->duplicate_of);
    } else {
        jsonw_key_null(w, "duplicate_of");
    }
}

static void write_blocks(struct jsonw *w, const struct store_article *row)
{
    jsonw_key(w, "blocks");
    jsonw_array(w);
    for (size_t i = 0; i < row->document.block_count; i++) {
        jsonw_object(w);
        jsonw_key_text(w, "kind", block_kind_name(row->document.blocks[i].kind));
        jsonw_key_int(w, "start", row->block_cps[i].start_cp);
        jsonw_key_int(w, "end", row->block_cps[i].end_cp);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void write_included(struct jsonw *w, struct slice base, const struct view_article *view)
{
    if (view->include & VIEW_TEXT) {
        jsonw_key_string(w, "text", view->article->document.text);
    }
    if (view->include & VIEW_BLOCKS) {
        write_blocks(w, view->article);
    }
    if (view->include & VIEW_ENTITIES) {
        jsonw_key(w, "entities");
        jsonw_array(w);
        for (size_t i = 0; i < view->entity_count; i++) {
            view_article_entity_write(w, base, &view->entities[i]);
        }
        jsonw_end(w);
    }
    if (view->include & VIEW_QUOTES) {
        jsonw_key(w, "quotes");
        jsonw_array(w);
        for (size_t i = 0; i < view->quote_count; i++) {
            view_quote_write(w, base, &view->quotes[i]);
        }
        jsonw_end(w);
    }
}

static inline void write_link(struct jsonw *w, const char *key, struct slice base, const char *id,
                              struct slice tail)
{
    jsonw_key(w, key);
    links_write_known(w, base, SLICE("articles"), id, tail);
}

static void write_links(struct jsonw *w, struct slice base, const char *id)
{
    jsonw_key(w, "links");
    jsonw_object(w);
    write_link(w, "self", base, id, SLICE(""));
    write_link(w, "entities", base, id, SLICE("/entities"));
    write_link(w, "quotes", base, id, SLICE("/quotes"));
    write_link(w, "duplicates", base, id, SLICE("/duplicates"));
    jsonw_end(w);
}

void view_article_write(struct jsonw *w, struct slice base, const struct view_article *view)
{
    const struct store_article *row = view->article;
    char id[DIGEST_ID_CHARS + 1];
    digest_format_id(row->id, id);
    jsonw_object(w);
    jsonw_key_plain(w, "id", slice_of(id, DIGEST_ID_CHARS));
    if (row->summary.len) {
        buf_char(w->out, ',');
        buf_slice(w->out, row->summary);
    } else {
        write_row_facts(w, row);
    }
    write_row(w, row);
    write_links(w, base, id);
    write_included(w, base, view);
    if (view->highlighted) {
        view_highlights_write(w, row->highlights, row->highlight_count, &row->snippet);
    }
    jsonw_end(w);
}
