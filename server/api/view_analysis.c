#include "api/view_analysis.h"

#include "api/view.h"
#include "api/view_explain.h"

static void write_name_type(struct jsonw *w, const struct entity *entity)
{
    jsonw_key_string(w, "name", entity->name);
    jsonw_key_text(w, "type", entity_type_name(entity->type));
}

static void write_entity(struct jsonw *w, const struct view_source *source,
                         const struct entity *entity)
{
    jsonw_object(w);
    write_name_type(w, entity);
    jsonw_key_real(w, "prominence", (double)entity->prominence);
    view_aliases(w, entity->aliases, entity->alias_count);
    jsonw_key(w, "titles");
    view_titles(w, source, entity);
    jsonw_key(w, "mentions");
    jsonw_array(w);
    for (size_t i = 0; i < entity->mention_count; i++) {
        view_mention(w, source, &source->analysis->mentions[entity->mentions[i]]);
    }
    jsonw_end(w);
    jsonw_end(w);
}

static void write_speaker(struct jsonw *w, const struct view_source *source, const char *key,
                          const struct speaker *speaker)
{
    jsonw_key(w, key);
    if (!speaker->present) {
        jsonw_null(w);
        return;
    }
    const struct entity *entity = view_entity(source, speaker->entity);
    const struct entity *affiliation = view_entity(source, speaker->affiliation);
    jsonw_object(w);
    jsonw_key_string(w, "text", speaker->implied ? SLICE_NONE : speaker->text);
    view_span_or_null(w, source, !speaker->implied, speaker->span);
    jsonw_key_text(w, "kind", speaker_kind_name(speaker->kind));
    jsonw_key_string(w, "name", speaker->name);
    jsonw_key_text(w, "type", entity ? entity_type_name(entity->type) : NULL);
    jsonw_key_string(w, "title", speaker->title);
    jsonw_key_string(w, "affiliation", affiliation ? affiliation->name : SLICE_NONE);
    jsonw_end(w);
}

static void write_alternatives(struct jsonw *w, const struct view_source *source,
                               const struct quote *quote)
{
    jsonw_key(w, "alternatives");
    jsonw_array(w);
    for (size_t i = 0; i < quote->alternative_count; i++) {
        const struct entity *entity = view_entity(source, quote->alternatives[i].entity);
        if (entity) {
            jsonw_object(w);
            write_name_type(w, entity);
            jsonw_key_real(w, "score", (double)quote->alternatives[i].score);
            jsonw_end(w);
        }
    }
    jsonw_end(w);
}

static void write_about(struct jsonw *w, const struct view_source *source,
                        const struct quote *quote)
{
    jsonw_key(w, "about");
    jsonw_array(w);
    for (size_t i = 0; i < quote->about_count; i++) {
        const struct entity *entity = view_entity(source, quote->about[i]);
        if (entity) {
            jsonw_object(w);
            write_name_type(w, entity);
            jsonw_end(w);
        }
    }
    jsonw_end(w);
}

static void write_flags(struct jsonw *w, const struct view_source *source,
                        const struct quote *quote)
{
    jsonw_key_text(w, "speaker_resolution", quote->resolution);
    write_alternatives(w, source, quote);
    write_speaker(w, source, "addressee", &quote->addressee);
    jsonw_key_string(w, "channel", quote->channel);
    jsonw_key_bool(w, "negated", quote->negated);
    jsonw_key_bool(w, "hypothetical", quote->hypothetical);
    jsonw_key_bool(w, "in_headline", quote->in_headline);
    jsonw_key(w, "body_quote"); /* its place in "quotes", from 0 */
    if (quote->body_quote == NO_INDEX) {
        jsonw_null(w);
    } else {
        jsonw_int(w, quote->body_quote);
    }
    write_about(w, source, quote);
    jsonw_key_string(w, "before", view_text(source, quote->before));
    jsonw_key_string(w, "after", view_text(source, quote->after));
}

static void write_quote(struct jsonw *w, const struct view_source *source,
                        const struct quote *quote)
{
    jsonw_object(w);
    jsonw_key_text(w, "type", quote_type_name(quote->type));
    jsonw_key_string(w, "text", quote->text);
    jsonw_key(w, "spans");
    view_quote_spans(w, source, quote);
    jsonw_key(w, "cue");
    view_cue(w, source, &quote->cue);
    write_speaker(w, source, "speaker", &quote->speaker);
    write_speaker(w, source, "reported_by", &quote->reported_by);
    jsonw_key_real(w, "confidence", (double)quote->confidence);
    jsonw_key_text(w, "rule", quote->rule);
    write_flags(w, source, quote);
    if (source->explain) {
        view_explain_found(w, source, quote);
    }
    jsonw_end(w);
}

static void write_found(struct jsonw *w, const struct view_source *source)
{
    const struct analysis *analysis = source->analysis;
    jsonw_key(w, "entities");
    jsonw_array(w);
    for (size_t i = 0; i < analysis->entity_count; i++) {
        write_entity(w, source, &analysis->entities[i]);
    }
    jsonw_end(w);
    jsonw_key(w, "quotes");
    jsonw_array(w);
    for (size_t i = 0; i < analysis->quote_count; i++) {
        write_quote(w, source, &analysis->quotes[i]);
    }
    jsonw_end(w);
    jsonw_key(w, "quotation_marks");
    jsonw_array(w);
    for (size_t i = 0; i < analysis->mark_count; i++) {
        jsonw_object(w);
        view_span(w, source, analysis->marks[i].span);
        jsonw_key_text(w, "use", mark_use_name(analysis->marks[i].use));
        jsonw_end(w);
    }
    jsonw_end(w);
}

/* What the reader found out about the document, beside its text. */
static void write_metadata(struct jsonw *w, const struct document *d)
{
    jsonw_key_string(w, "url", d->url.text);
    jsonw_key_string(w, "canonical_url", d->canonical_url.text);
    jsonw_key_string(w, "source", d->source.text);
    jsonw_key_string(w, "section", d->section.text);
    jsonw_key_string(w, "image", d->image.text);
    view_texts(w, "bylines", d->bylines, d->byline_count);
    view_texts(w, "credits", d->credits, d->credit_count);
    view_texts(w, "keywords", d->keywords, d->keyword_count);
    view_moment(w, "published_at", &d->published);
    view_moment(w, "modified_at", &d->modified);
}

static void write_analysis(struct jsonw *w, struct slice id, const struct document *document,
                           const struct analysis *analysis, struct arena *arena, bool explain)
{
    struct view_source source;
    if (!view_source_init(&source, document, analysis, arena)) {
        w->out->failed = true;
        return;
    }
    source.explain = explain;
    jsonw_object(w);
    jsonw_key_string(w, "id", id);
    jsonw_key_string(w, "lang", analysis->lang);
    jsonw_key_real(w, "lang_confidence", (double)analysis->lang_confidence);
    jsonw_key_string(w, "text", document->text);
    jsonw_key_string(w, "title", document->title.text);
    jsonw_key_string(w, "standfirst", document->standfirst.text);
    jsonw_key(w, "blocks");
    jsonw_array(w);
    for (size_t i = 0; i < document->block_count; i++) {
        view_block(w, &source, &document->blocks[i]);
    }
    jsonw_end(w);
    write_found(w, &source);
    jsonw_key(w, "warnings");
    jsonw_array(w);
    view_warnings(w, document->warnings, document->warning_count);
    view_warnings(w, analysis->warnings, analysis->warning_count);
    jsonw_end(w);
    jsonw_key_text(w, "analyser", analysis->analyser);
    write_metadata(w, document);
    jsonw_end(w);
}

void view_analysis_write(struct jsonw *w, struct slice id, const struct document *document,
                         const struct analysis *analysis, struct arena *arena)
{
    write_analysis(w, id, document, analysis, arena, false);
}

void view_analysis_explain(struct jsonw *w, struct slice id, const struct document *document,
                           const struct analysis *analysis, struct arena *arena)
{
    write_analysis(w, id, document, analysis, arena, true);
}
