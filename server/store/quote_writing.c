#include "store/quote_writing.h"

static struct store_entity_ref handle(int64_t entity)
{
    return (struct store_entity_ref){
        .present = entity != 0, .handle = true, .id = (uint64_t)entity};
}

static float rounded(float value)
{
    return (float)thousandths(value) / 1000.0f;
}

static struct store_span span_of(const struct writing *q, struct span span)
{
    const struct offsets *o = q->p->offsets;
    return (struct store_span){span.start_byte, span.end_byte, offsets_cp(o, span.start_byte),
                               offsets_cp(o, span.end_byte)};
}

static void tell_party(const struct writing *q, const struct speaker *from, int64_t entity,
                       int64_t affiliation, struct store_speaker *out)
{
    *out = (struct store_speaker){.present = from->present};
    if (from->present) {
        out->kind = from->kind;
        out->implied = from->implied;
        out->text = from->text;
        out->name = from->name;
        out->title = from->title;
        if (!from->implied) {
            out->span = span_of(q, from->span);
        }
        out->entity = handle(entity);
        out->affiliation = handle(affiliation);
    }
}

/* What a person decided stands in the place of what was found. */
static void tell_speaker(const struct writing *q, struct store_quote *out)
{
    bool by_a_person = q->decided != NULL && q->decided->has_speaker;
    if (!by_a_person) {
        tell_party(q, &q->quote->speaker, q->speaker, q->affiliation, &out->speaker);
        out->resolution = slice_cstr(q->quote->resolution);
        return;
    }
    out->speaker = (struct store_speaker){.present = q->speaker != 0,
                                          .kind = q->decided->kind,
                                          .implied = true,
                                          .entity = handle(q->speaker),
                                          .affiliation = handle(0)};
    out->resolution = SLICE("correction");
}

static void tell_people(const struct writing *q, struct store_quote *out)
{
    const struct speaker *reports = &q->quote->reported_by, *addressee = &q->quote->addressee;
    tell_party(q, reports, quote_entity_row(q, reports->entity),
               quote_entity_row(q, reports->affiliation), &out->reported_by);
    tell_party(q, addressee, quote_entity_row(q, addressee->entity),
               quote_entity_row(q, addressee->affiliation), &out->addressee);
}

static void tell_spans(const struct writing *q, struct store_quote *out)
{
    const struct quote *quote = q->quote;
    out->spans = ARENA_ARRAY(q->p->w->arena, struct store_quote_span, quote->span_count);
    out->span_count = quote->span_count;
    for (size_t i = 0; i < quote->span_count; i++) {
        out->spans[i] =
            (struct store_quote_span){span_of(q, quote->spans[i].span), quote->spans[i].verbatim};
    }
}

static void tell_about(const struct writing *q, struct store_quote *out)
{
    out->about = ARENA_ARRAY(q->p->w->arena, struct store_entity_ref, q->parts.count);
    for (size_t i = 0; i < q->parts.count; i++) {
        if (q->parts.items[i].roles & ROLE_ABOUT) {
            out->about[out->about_count++] = handle(q->parts.items[i].entity);
        }
    }
}

static bool stands(const struct store_quote *quote, uint64_t entity)
{
    for (size_t i = 0; i < quote->alternative_count; i++) {
        if (quote->alternatives[i].entity.id == entity) {
            return true;
        }
    }
    return false;
}

/* The likeliest first, of equals the one that the archive knew first; of one that was weighed twice the first score. */
static void tell_alternatives(const struct writing *q, struct store_quote *out)
{
    const struct quote *quote = q->quote;
    out->alternatives =
        ARENA_ARRAY(q->p->w->arena, struct store_alternative, quote->alternative_count);
    for (size_t i = 0; i < quote->alternative_count; i++) {
        uint64_t entity = (uint64_t)quote_entity_row(q, quote->alternatives[i].entity);
        float score = (float)(int64_t)(quote->alternatives[i].score * 1000) / 1000.0f;
        if (entity == 0 || stands(out, entity)) {
            continue;
        }
        size_t at = out->alternative_count++;
        for (; at > 0 && (out->alternatives[at - 1].score < score ||
                          (out->alternatives[at - 1].score <= score &&
                           out->alternatives[at - 1].entity.id > entity));
             at--) {
            out->alternatives[at] = out->alternatives[at - 1];
        }
        out->alternatives[at] = (struct store_alternative){handle((int64_t)entity), score};
    }
}

void quote_writing_tell(const struct writing *q, struct store_quote *out)
{
    const struct quote *quote = q->quote;
    *out =
        (struct store_quote){.type = q->type, .rule = slice_cstr(quote->rule ? quote->rule : "")};
    out->channel = quote->channel;
    out->negated = quote->negated;
    out->hypothetical = quote->hypothetical;
    out->in_headline = quote->in_headline;
    out->has_body_quote = quote->body_quote != NO_INDEX;
    out->body_quote = out->has_body_quote ? q->ids[quote->body_quote] : 0;
    out->confidence = rounded(quote->confidence);
    out->corrected = q->decided != NULL && q->decided->touched;
    out->has_cue = quote->cue.present;
    if (out->has_cue) {
        out->cue.text = quote->cue.text;
        out->cue.lemma = quote->cue.lemma;
        out->cue.class = quote->cue.class;
        out->cue.span = span_of(q, quote->cue.span);
    }
    tell_spans(q, out);
    tell_speaker(q, out);
    tell_people(q, out);
    tell_about(q, out);
    tell_alternatives(q, out);
}
