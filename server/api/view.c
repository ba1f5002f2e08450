#include "api/view.h"

#include "base/clock.h"
#include "text/dates.h"

bool view_source_init(struct view_source *source, const struct document *document,
                      const struct analysis *analysis, struct arena *arena)
{
    source->document = document;
    source->analysis = analysis;
    source->offsets = offsets_new(arena, document->text);
    return source->offsets != NULL;
}

void view_span(struct jsonw *w, const struct view_source *source, struct span span)
{
    jsonw_key_int(w, "start", offsets_cp(source->offsets, span.start_byte));
    jsonw_key_int(w, "end", offsets_cp(source->offsets, span.end_byte));
}

void view_span_or_null(struct jsonw *w, const struct view_source *source, bool printed,
                       struct span span)
{
    if (printed) {
        view_span(w, source, span);
        return;
    }
    jsonw_key_null(w, "start");
    jsonw_key_null(w, "end");
}

void view_block(struct jsonw *w, const struct view_source *source, const struct block *block)
{
    jsonw_object(w);
    jsonw_key_text(w, "kind", block_kind_name(block->kind));
    view_span(w, source, block->span);
    jsonw_end(w);
}

void view_mention(struct jsonw *w, const struct view_source *source, const struct mention *mention)
{
    jsonw_object(w);
    view_span(w, source, mention->span);
    jsonw_key_string(w, "text", view_text(source, mention->span));
    jsonw_key_text(w, "type", entity_type_name(mention->type));
    jsonw_key_real(w, "confidence", (double)mention->confidence);
    jsonw_key_text(w, "method", mention_method_name(mention->method));
    jsonw_end(w);
}

void view_cue(struct jsonw *w, const struct view_source *source, const struct cue *cue)
{
    if (!cue->present) {
        jsonw_null(w);
        return;
    }
    jsonw_object(w);
    jsonw_key_string(w, "text", cue->text);
    jsonw_key_string(w, "lemma", cue->lemma);
    jsonw_key_text(w, "class", cue_class_name(cue->class));
    view_span(w, source, cue->span);
    jsonw_end(w);
}

void view_quote_spans(struct jsonw *w, const struct view_source *source, const struct quote *quote)
{
    jsonw_array(w);
    for (size_t i = 0; i < quote->span_count; i++) {
        jsonw_object(w);
        view_span(w, source, quote->spans[i].span);
        jsonw_key_bool(w, "verbatim", quote->spans[i].verbatim);
        jsonw_end(w);
    }
    jsonw_end(w);
}

void view_time(struct jsonw *w, const char *key, bool known, int64_t time_ms)
{
    char text[32];
    if (known) {
        clock_format_utc(time_ms, text);
    }
    jsonw_key_text(w, key, known ? text : NULL);
}

void view_moment(struct jsonw *w, const char *key, const struct moment *moment)
{
    char text[32];
    if (moment->present) {
        dates_format(moment->time_ms, moment->date_only, text);
    }
    jsonw_key_text(w, key, moment->present ? text : NULL);
}

void view_texts(struct jsonw *w, const char *key, const struct slice *texts, size_t count)
{
    jsonw_key(w, key);
    jsonw_array(w);
    for (size_t i = 0; i < count; i++) {
        jsonw_string(w, texts[i]);
    }
    jsonw_end(w);
}

void view_aliases(struct jsonw *w, const struct alias *aliases, size_t count)
{
    jsonw_key(w, "aliases");
    jsonw_array(w);
    for (size_t i = 0; i < count; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "text", aliases[i].text);
        jsonw_key_int(w, "count", aliases[i].count);
        jsonw_end(w);
    }
    jsonw_end(w);
}

void view_titles(struct jsonw *w, const struct view_source *source, const struct entity *entity)
{
    jsonw_array(w);
    for (size_t i = 0; i < entity->title_count; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "text", entity->titles[i].text);
        view_span(w, source, entity->titles[i].span);
        jsonw_end(w);
    }
    jsonw_end(w);
}

void view_warnings(struct jsonw *w, const struct warning *warnings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        jsonw_object(w);
        jsonw_key_text(w, "code", warnings[i].code);
        jsonw_key_string(w, "detail", warnings[i].detail);
        jsonw_end(w);
    }
}
