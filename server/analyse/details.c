/* What a quote carries beside words and speaker: whom it is about, to whom and where it was said, its
 * context, and the body quote that a headline echoes. */
#include "analyse/quoting.h"
#include "text/fold.h"

#define ABOUT_MOST 12u
#define ECHO_MOST  4000u /* quotes compared for headline echoes */

uint32_t details_name_from(const struct quoting *q, uint32_t byte)
{
    uint32_t low = 0, high = (uint32_t)q->r->names.count;
    while (low < high) {
        uint32_t mid = (low + high) / 2;
        if (q->r->names.items[mid].span.start_byte < byte) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

static void about_read(struct quoting *q, struct quote *quote)
{
    uint32_t found[ABOUT_MOST];
    size_t count = 0;
    for (size_t s = 0; s < quote->span_count; s++) {
        struct span span = quote->spans[s].span;
        for (uint32_t n = details_name_from(q, span.start_byte);
             n < q->r->names.count && q->r->names.items[n].span.end_byte <= span.end_byte &&
             count < ABOUT_MOST;
             n++) {
            uint32_t entity = q->r->names.items[n].entity;
            bool seen = entity == NO_INDEX;
            for (size_t i = 0; i < count && !seen; i++) {
                seen = found[i] == entity;
            }
            if (!seen) {
                found[count++] = entity;
            }
        }
    }
    quote->about = ARENA_ARRAY(q->r->arena, uint32_t, count);
    if (count) {
        memcpy(quote->about, found, count * sizeof found[0]);
    }
    quote->about_count = count;
}

static struct span frame_span(const struct quoting *q, uint32_t frame)
{
    return tokens_span(q, q->frames.items[frame].first, q->frames.items[frame].end);
}

/* The frame that holds a byte, from `frame` on. */
static uint32_t frame_with(const struct quoting *q, uint32_t frame, uint32_t byte)
{
    while (frame + 1 < q->frames.count && frame_span(q, frame).end_byte < byte) {
        frame++;
    }
    return frame;
}

/* The rest of the sentence in front and behind; the neighbour sentence when nothing is left of its own. */
static void context_read(struct quoting *q, struct quote *quote, const struct quote_note *note)
{
    uint32_t start = quote->spans[0].span.start_byte,
             end = quote->spans[quote->span_count - 1].span.end_byte;
    uint32_t first = note->frame, last = frame_with(q, note->frame, end);
    while (first > 0 && frame_span(q, first).start_byte > start) {
        first--;
    }
    if (start - frame_span(q, first).start_byte < 4 && first > 0 &&
        q->frames.items[first - 1].block == q->frames.items[first].block) {
        first--;
    }
    if (frame_span(q, last).end_byte < end + 5 && last + 1 < q->frames.count &&
        q->frames.items[last + 1].block == q->frames.items[last].block) {
        last++;
    }
    struct span before = frame_span(q, first), after = frame_span(q, last);
    quote->before = (struct span){before.start_byte < start ? before.start_byte : start, start};
    quote->after = (struct span){end, after.end_byte > end ? after.end_byte : end};
}

/* "à l'AFP", "dans un communiqué": looked for around the cue, in the attribution's own words. */
static void channel_read(struct quoting *q, struct quote *quote, struct quote_note *note)
{
    const struct frame *f = &q->frames.items[note->frame];
    if (note->source.present == false && note->verb == NO_INDEX) {
        return;
    }
    uint32_t low = note->verb != NO_INDEX ? q->cues.items[note->verb].end : note->source.end;
    uint32_t from = low, to = low + 24 < f->end ? low + 24 : f->end;
    for (uint32_t i = from; i < to && q->words[i].pair == NO_INDEX; i++) {
        struct slice v;
        uint32_t n = table_match(q, &q->channels, i, to, &v);
        if (n) {
            struct slice kind = pack_column(v, 0);
            bool needs_name = slice_is(kind, "medium") || word_has(q, i + n - 1, WORD_OF);
            struct phrase p = phrase_at(q, i + n, to);
            if (needs_name && (!p.present || p.name == NO_INDEX)) {
                continue;
            }
            quote->channel = reading_text(q->r, tokens_span(q, i, needs_name ? p.end : i + n));
            return;
        }
        if (word_is_any(q, i, ": ;") || word_has(q, i, WORD_THAT)) {
            return;
        }
    }
}

/* "a répondu à Claire Morel", "told reporters": whom the words were said to. */
static void addressee_read(struct quoting *q, struct quote *quote, const struct quote_note *note)
{
    if (note->verb == NO_INDEX) {
        return;
    }
    const struct verb_cue *c = &q->cues.items[note->verb];
    const struct frame *f = &q->frames.items[note->frame];
    bool told = q->bare_subjects && (c->letters & LETTER('d'));
    uint32_t to = c->end + 10 < f->end ? c->end + 10 : f->end;
    for (uint32_t i = c->end; i < to && q->words[i].pair == NO_INDEX; i++) {
        bool here = told ? i == c->end
                         : word_has(q, i, WORD_TO) && !table_match(q, &q->channels, i, to, NULL);
        struct phrase p = {.present = false};
        if (here) {
            p = phrase_at(q, told || word_has(q, i, WORD_CONTRACTED) ? i : i + 1, to);
        }
        bool source = p.present && note->source.present && p.first <= note->source.first &&
                      p.end > note->source.first;
        if (p.present && !source && phrase_is_human(q, &p) &&
            !(p.pronoun && told && word_has(q, p.first, WORD_THAT))) {
            bool contracted = word_has(q, p.first, WORD_CONTRACTED) && p.first + 1 < p.end;
            quote->addressee = (struct speaker){.present = true,
                                                .entity = NO_INDEX,
                                                .affiliation = NO_INDEX,
                                                .kind = SPEAKER_UNKNOWN};
            quote->addressee.span = tokens_span(q, contracted ? p.first + 1 : p.first, p.end);
            quote->addressee.text = reading_text(q->r, quote->addressee.span);
            quote->addressee.name = quote->addressee.text;
            if (p.name != NO_INDEX) {
                const struct name *name = &q->r->names.items[p.name];
                quote->addressee.entity = name->entity;
                quote->addressee.name = q->r->entities.items[name->entity].name;
                quote->addressee.kind =
                    name->type == ENTITY_PER ? SPEAKER_PERSON : SPEAKER_ORGANISATION;
            } else if (!p.pronoun) {
                quote->addressee.kind = SPEAKER_COLLECTIVE;
            }
            return;
        }
        if (!word_is_plain(q, i) || word_has(q, i, WORD_THAT)) {
            return;
        }
    }
}

static bool echoes(struct quoting *q, const struct quote *head, const struct quote *body)
{
    struct slice needle = fold_key(q->r->arena, head->text),
                 hay = fold_key(q->r->arena, body->text);
    for (size_t s = 0; s < head->span_count; s++) {
        if (head->spans[s].verbatim) {
            needle = fold_key(q->r->arena, reading_text(q->r, head->spans[s].span));
            break;
        }
    }
    return needle.len > 2 && slice_find(hay, needle, 0) != SIZE_MAX;
}

static void headlines_link(struct quoting *q)
{
    struct quote *items = q->r->quotes.items;
    size_t count = q->r->quotes.count < ECHO_MOST ? q->r->quotes.count : ECHO_MOST, heads = 0;
    for (size_t i = 0; i < count && heads < 12; i++) {
        if (!items[i].in_headline) {
            continue;
        }
        heads++;
        for (uint32_t j = 0; j < count; j++) {
            if (!items[j].in_headline && echoes(q, &items[i], &items[j])) {
                items[i].body_quote = j;
                if (!items[i].speaker.present || items[i].speaker.kind == SPEAKER_UNKNOWN) {
                    items[i].speaker = items[j].speaker;
                    items[i].speaker.implied = true;
                    items[i].resolution = "body_quote";
                }
                break;
            }
        }
    }
}

void details_read(struct quoting *q)
{
    for (size_t i = 0; i < q->r->quotes.count; i++) {
        struct quote *quote = &q->r->quotes.items[i];
        about_read(q, quote);
        context_read(q, quote, &q->notes[i]);
        channel_read(q, quote, &q->notes[i]);
        addressee_read(q, quote, &q->notes[i]);
    }
    headlines_link(q);
}
