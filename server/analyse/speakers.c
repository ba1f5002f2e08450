/* Who said it: from the printed source to a name, a kind, a title, with the rule that decided and the other
 * candidates. Quotes are taken in order, so that "il" can be the last speaker and a floating quote can be his.
 */
#include <math.h>

#include "analyse/resolving.h"
#include "text/fold.h"

#define MARKS_MOST         16u  /* bytes of marks, blanks and a stop around the words */
#define LAST_SPEAKER_REACH 700u /* bytes behind his words in which a speaker is still in the air */
#define FLOATING_BLOCKS    1u   /* a floating quote may lean on the paragraph before */

static float squash(float score)
{
    return 1.0F / (1.0F + expf(-score));
}

struct span speaker_whole(const struct quote *quote)
{
    return (struct span){quote->spans[0].span.start_byte,
                         quote->spans[quote->span_count - 1].span.end_byte};
}

/* ---- names */

static uint32_t distance(struct span a, struct span b)
{
    return a.start_byte > b.end_byte   ? a.start_byte - b.end_byte
           : b.start_byte > a.end_byte ? b.start_byte - a.end_byte
                                       : 0;
}

static struct slice nearest_title(const struct entity *e, struct span from)
{
    const struct title *best = NULL;
    for (size_t i = 0; i < e->title_count && i < 16; i++) {
        if (!best || distance(e->titles[i].span, from) < distance(best->span, from)) {
            best = &e->titles[i];
        }
    }
    return best && distance(best->span, from) < 400 ? best->text
           : e->title_count                         ? e->titles[0].text
                                                    : SLICE_NONE;
}

void speaker_take_entity(const struct quoting *q, struct speaker *s, uint32_t entity,
                         struct span from)
{
    const struct entity *e = entity_at(q, entity);
    s->present = true;
    s->entity = entity;
    s->name = e->name;
    s->kind = e->type == ENTITY_PER ? SPEAKER_PERSON : SPEAKER_ORGANISATION;
    s->title = e->type == ENTITY_PER ? nearest_title(e, from) : SLICE_NONE;
}

/* ---- pronouns and descriptions that stand for a name */

/* Whom the words name: nobody speaks of himself by name while another may have spoken. */
static void inside_read(const struct quoting *q, const struct quote *quote, struct wanted *w)
{
    const size_t most = sizeof w->inside / sizeof w->inside[0];
    for (size_t s = 0; s < quote->span_count; s++) {
        struct span span = quote->spans[s].span;
        for (uint32_t n = details_name_from(q, span.start_byte);
             n < q->r->names.count && q->r->names.items[n].span.end_byte <= span.end_byte &&
             w->inside_count < most;
             n++) {
            w->inside[w->inside_count++] = q->r->names.items[n].entity;
        }
    }
}

static bool is_inside(const struct wanted *w, uint32_t entity)
{
    for (size_t i = 0; i < w->inside_count; i++) {
        if (w->inside[i] == entity) {
            return true;
        }
    }
    return false;
}

struct wanted speaker_wanted_for(const struct resolver *rs, const struct quote *quote,
                                 const struct phrase *p)
{
    struct wanted w = {.before = p->first,
                       .block = rs->q->r->tokens.items[p->first].block,
                       .head = NO_INDEX,
                       .last_speaker = rs->last_person,
                       .last_speaker_block = rs->last_person_block};
    w.last_speaker_far =
        rs->last_quote && rs->q->r->tokens.items[p->first].start_byte >
                              speaker_whole(rs->last_quote).end_byte + LAST_SPEAKER_REACH;
    inside_read(rs->q, quote, &w);
    return w;
}

static void keep_candidates(struct quoting *q, struct quote *quote, const struct candidates *c)
{
    if (c->count > 1) {
        quote->alternatives = ARENA_ARRAY(q->r->arena, struct alternative, c->count - 1);
        memcpy(quote->alternatives, c->items + 1, (c->count - 1) * sizeof c->items[0]);
        quote->alternative_count = c->count - 1;
        for (size_t i = 0; i < quote->alternative_count; i++) {
            quote->alternatives[i].score = squash(quote->alternatives[i].score - c->items[0].score);
        }
    }
}

bool speaker_take_antecedent(struct resolver *rs, struct quote *quote, const struct wanted *w,
                             float least)
{
    struct candidates c;
    antecedents_find(rs->q, w, &c);
    if (c.count == 0 || c.items[0].score < least) {
        return false;
    }
    speaker_take_entity(rs->q, &quote->speaker, c.items[0].entity, speaker_whole(quote));
    quote->resolution = c.rule;
    keep_candidates(rs->q, quote, &c);
    float margin = c.count > 1 ? c.items[0].score - c.items[1].score : 1.0F;
    quote->confidence *= 0.75F + 0.2F * (margin > 1.0F ? 1.0F : margin);
    return true;
}

bool speaker_take_described(struct resolver *rs, struct quote *quote, const struct phrase *p,
                            bool objected)
{
    struct quoting *q = rs->q;
    uint32_t head = phrase_head(q, p);
    bool person = head != NO_INDEX &&
                  (word_has(q, head, WORD_PERSON) || word_has(q, head, WORD_ANONYMOUS)) &&
                  !word_has(q, head, WORD_BODY);
    if (!descriptions_definite(q, p) || !person) {
        return false;
    }
    struct wanted w = speaker_wanted_for(rs, quote, p);
    w.gender = descriptions_gender(q, p, head);
    w.head = head;
    struct slice party = SLICE_NONE;
    uint32_t noun = table_match(q, &q->person_nouns, head, p->end, &party);
    bool long_form = p->end - p->first > 2 + (noun > 0 ? noun : 1);
    return speaker_take_antecedent(rs, quote, &w, objected ? 3.0F : long_form ? 2.2F : 0.9F);
}

bool speaker_last_near(const struct resolver *rs, uint32_t block, uint32_t blocks)
{
    if (!rs->last || rs->last_block > block) {
        return false;
    }
    uint32_t apart = 0;
    for (uint32_t b = rs->last_block; b < block && apart <= blocks; b++) {
        enum block_kind kind = rs->q->r->document->blocks[b + 1].kind;
        apart += kind != BLOCK_SUBHEADING && kind != BLOCK_CAPTION && kind != BLOCK_BOILERPLATE;
    }
    return apart <= blocks;
}

static void take_speaker(struct quote *quote, const struct speaker *from, const char *rule)
{
    struct speaker *s = &quote->speaker;
    struct slice text = s->text;
    struct span span = s->span;
    bool printed = s->present;
    *s = *from;
    s->text = printed ? text : SLICE_NONE;
    s->span = printed ? span : (struct span){0, 0};
    s->implied = !printed;
    quote->resolution = rule;
}

void speaker_take_last(struct resolver *rs, struct quote *quote, const char *rule)
{
    take_speaker(quote, rs->last, rule);
}

void speaker_take_phrase(struct resolver *rs, struct quote *quote, const struct phrase *p,
                         bool printed, const char *rule)
{
    struct quoting *q = rs->q;
    struct speaker own = quote->speaker;
    if (p->name != NO_INDEX) {
        speaker_take_entity(q, &quote->speaker, q->r->names.items[p->name].entity,
                            speaker_whole(quote));
    } else {
        descriptions_take(q, &quote->speaker, p);
    }
    if (printed) {
        quote->speaker.span = p->name != NO_INDEX ? q->r->names.items[p->name].span
                                                  : tokens_span(q, p->first, p->end);
        quote->speaker.text = reading_text(q->r, quote->speaker.span);
    } else {
        quote->speaker.text = own.text;
        quote->speaker.span = own.span;
    }
    quote->resolution = rule;
}

static void resolve_description(struct resolver *rs, struct quote *quote,
                                const struct quote_note *note)
{
    struct quoting *q = rs->q;
    const struct phrase *p = &note->source;
    descriptions_take(q, &quote->speaker, p);
    quote->resolution = "printed";
    uint32_t head = phrase_head(q, p);
    if (rs->last_source && descriptions_point_back(q, p, head)) {
        take_speaker(quote, rs->last_source, "same_source");
        quote->confidence *= 0.9F;
        return;
    }
    bool nominal = p->end == p->first + 1 && word_has(q, p->first, WORD_NOMINAL) &&
                   !word_has(q, p->first, WORD_PLURAL) && word_has(q, p->end, WORD_RELATIVE);
    if (nominal && speaker_last_near(rs, q->r->tokens.items[p->first].block, 1) &&
        rs->last->kind == SPEAKER_PERSON) { /* "Celui qui se dit « … »" */
        speaker_take_last(rs, quote, "last_speaker");
        return;
    }
    if (descriptions_capitals(q, &quote->speaker, p, head)) {
        return;
    }
    bool body = head != NO_INDEX && word_has(q, head, WORD_BODY) && descriptions_definite(q, p) &&
                p->end - p->first <= 2;
    uint32_t entity = body ? antecedent_body(q, head, p->first) : NO_INDEX;
    if (entity != NO_INDEX) {
        speaker_take_entity(q, &quote->speaker, entity, speaker_whole(quote));
        quote->resolution = "description";
        quote->confidence *= 0.85F;
        return;
    }
    if (quote->speaker.kind == SPEAKER_PERSON) {
        speaker_take_described(rs, quote, p, descriptions_objected(q, note->verb));
    }
}

/* ---- floating quotes */

/* Words without an attribution whose neighbour sentences say whose they are. */
static bool take_neighbour(struct resolver *rs, struct quote *quote, const struct quote_note *note)
{
    struct quoting *q = rs->q;
    uint32_t block = q->frames.items[note->frame].block;
    struct phrase p = narration_named(q, note->frame);
    if (p.present) {
        speaker_take_phrase(rs, quote, &p, true, "named_after");
        return true;
    }
    p = quote->in_headline ? p : narration_lead(q, note->frame);
    struct wanted w = {.head = NO_INDEX};
    inside_read(q, quote, &w);
    if (p.present && p.name != NO_INDEX && is_inside(&w, q->r->names.items[p.name].entity)) {
        p.present = false; /* the words are about him */
    }
    if (!p.present && !quote->in_headline && !(rs->last && rs->last_block == block)) {
        p = narration_next(q, note->frame);
    }
    if (p.present) {
        speaker_take_phrase(rs, quote, &p, true, "subject");
        quote->confidence *= 0.75F;
    }
    return p.present;
}

/* Words in marks within a block quote that has words of its own, as a post that a page embeds: whoever wrote the block
 * may quote anybody. A block quote that is all in marks is the article's. */
static bool is_quoted_twice(const struct quoting *q, const struct quote *quote, uint32_t block)
{
    const struct block *b = &q->r->document->blocks[block];
    uint32_t bytes = b->span.end_byte - b->span.start_byte, inside = 0;
    for (size_t s = 0; s < quote->span_count; s++) {
        inside += quote->spans[s].span.end_byte - quote->spans[s].span.start_byte;
    }
    return b->kind == BLOCK_BLOCKQUOTE && inside + MARKS_MOST < bytes;
}

static void resolve_floating(struct resolver *rs, struct quote *quote,
                             const struct quote_note *note)
{
    quote->resolution = "none";
    if (take_neighbour(rs, quote, note)) {
        return;
    }
    uint32_t block = rs->q->frames.items[note->frame].block;
    if (is_quoted_twice(rs->q, quote, block)) {
        quote->speaker.present = false;
        quote->confidence *= 0.6F;
        return;
    }
    struct wanted w = {.before = rs->q->frames.items[note->frame].first,
                       .block = block,
                       .head = NO_INDEX,
                       .last_speaker = NO_INDEX};
    inside_read(rs->q, quote, &w);
    bool last_named = rs->last && rs->last->entity != NO_INDEX && is_inside(&w, rs->last->entity);
    if (speaker_last_near(rs, block, FLOATING_BLOCKS) && !quote->in_headline && !last_named) {
        speaker_take_last(rs, quote, "last_speaker");
        quote->confidence *= 0.85F;
        return;
    }
    if (!quote->in_headline && speaker_take_antecedent(rs, quote, &w, 1.2F)) {
        quote->resolution = "nearest_name";
        quote->speaker.implied = true;
        quote->confidence *= 0.6F;
        return;
    }
    if (rs->last_person != NO_INDEX && !rs->several_persons) {
        speaker_take_entity(rs->q, &quote->speaker, rs->last_person, speaker_whole(quote));
        quote->speaker.implied = true;
        quote->resolution = "only_speaker";
        quote->confidence *= 0.6F;
        return;
    }
    quote->speaker.present = false;
    quote->confidence *= 0.6F;
}

/* ---- all quotes */

/* "citée par l'agence": who passes words on is a medium, the one named last. */
static uint32_t medium_before(const struct quoting *q, uint32_t token)
{
    uint32_t n = details_name_from(q, q->r->tokens.items[token].start_byte);
    for (uint32_t steps = 0; n-- > 0 && steps < 60; steps++) {
        const struct name *name = &q->r->names.items[n];
        if (name->entity != NO_INDEX && name->type != ENTITY_PER &&
            table_match(q, &q->media, name->first, name->end, NULL) == name->end - name->first) {
            return name->entity;
        }
    }
    return NO_INDEX;
}

static void resolve_reporter(struct quoting *q, struct quote *quote, const struct phrase *p,
                             uint32_t before)
{
    if (!p->present) {
        return;
    }
    if (p->name != NO_INDEX) {
        speaker_take_entity(q, &quote->reported_by, q->r->names.items[p->name].entity,
                            speaker_whole(quote));
        return;
    }
    descriptions_take(q, &quote->reported_by, p);
    uint32_t head = phrase_head(q, p);
    uint32_t apposed =
        head != NO_INDEX && q->r->name_at && head + 1 < p->end ? q->r->name_at[head + 1] : NO_INDEX;
    if (apposed != NO_INDEX && q->r->names.items[apposed].entity != NO_INDEX &&
        q->r->names.items[apposed].end == p->end &&
        q->r->names.items[apposed].type != ENTITY_PER) { /* "l'agence Continent Presse" */
        struct span printed = quote->reported_by.span;
        struct slice text = quote->reported_by.text;
        speaker_take_entity(q, &quote->reported_by, q->r->names.items[apposed].entity,
                            speaker_whole(quote));
        quote->reported_by.span = printed;
        quote->reported_by.text = text;
        quote->reported_by.affiliation = NO_INDEX;
        return;
    }
    uint32_t entity = head != NO_INDEX && word_has(q, head, WORD_BODY)
                          ? antecedent_body(q, head, before)
                          : NO_INDEX;
    if (entity == NO_INDEX && head != NO_INDEX && word_has(q, head, WORD_ANAPHOR)) {
        entity = medium_before(q, before);
    }
    if (entity != NO_INDEX && p->end - p->first <= 2) {
        speaker_take_entity(q, &quote->reported_by, entity, speaker_whole(quote));
    }
}

static void remember(struct resolver *rs, const struct quote *quote, const struct quote_note *note)
{
    if (quote->speaker.present && quote->speaker.kind != SPEAKER_UNKNOWN && !quote->in_headline) {
        rs->last_source = &quote->speaker;
    }
    bool mere_source = quote->type == QUOTE_INDIRECT && quote->speaker.kind != SPEAKER_PERSON &&
                       note->verb == NO_INDEX;
    if (!quote->speaker.present || quote->in_headline || mere_source) {
        return;
    }
    rs->last = &quote->speaker;
    rs->last_quote = quote;
    rs->last_block = quote->block;
    if (quote->speaker.kind == SPEAKER_PERSON && quote->speaker.entity != NO_INDEX) {
        rs->several_persons |=
            rs->last_person != NO_INDEX && rs->last_person != quote->speaker.entity;
        rs->last_person = quote->speaker.entity;
        rs->last_person_block = quote->block;
    }
}

static void resolve(struct resolver *rs, struct quote *quote, const struct quote_note *note)
{
    const struct phrase *p = &note->source;
    if (note->entity != NO_INDEX) {
        speaker_take_entity(rs->q, &quote->speaker, note->entity, speaker_whole(quote));
        quote->speaker.implied = true;
        quote->resolution = "interview";
    } else if (note->floating || !p->present) {
        resolve_floating(rs, quote, note);
    } else if (p->pronoun) {
        speaker_resolve_pronoun(rs, quote, note);
    } else if (p->name != NO_INDEX) {
        speaker_take_entity(rs->q, &quote->speaker, rs->q->r->names.items[p->name].entity,
                            speaker_whole(quote));
        quote->resolution = "name";
    } else {
        resolve_description(rs, quote, note);
    }
    const struct phrase *reporter = &note->reporter;
    bool behind_source = p->present && reporter->present && p->first < reporter->first;
    if (quote->resolution && strcmp(quote->resolution, "printed") == 0) {
        quote->confidence *= 0.85F;
    }
    resolve_reporter(rs->q, quote, reporter, behind_source ? p->first : reporter->first);
    remember(rs, quote, note);
}

void speakers_resolve(struct reading *r)
{
    struct quoting *q = r->quoting;
    struct resolver rs = {.q = q, .last_person = NO_INDEX};
    for (size_t i = 0; i < r->quotes.count; i++) {
        resolve(&rs, &r->quotes.items[i], &q->notes[i]);
    }
    confidences_calibrate(q);
    details_read(q);
}
