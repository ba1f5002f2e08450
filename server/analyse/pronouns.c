/* Pronouns as speakers: "dit-il", "selon elle", "ai-je répondu": the last speaker, the one whom the narrator is talking about,
 * the name that fits best, or the author.
 */
#include "analyse/resolving.h"
#include "text/fold.h"

static enum gender gender_from(struct slice column)
{
    return slice_is(column, "m")   ? GENDER_MASCULINE
           : slice_is(column, "f") ? GENDER_FEMININE
                                   : GENDER_UNKNOWN;
}

/* Of a description as it is printed: "le ministre" is no "elle". */
static enum gender printed_gender(const struct quoting *q, const struct speaker *s)
{
    const struct token *items = q->r->tokens.items;
    bool feminine = false, masculine = false;
    uint32_t low = 0, high = (uint32_t)q->r->tokens.count;
    while (low < high) {
        uint32_t mid = (low + high) / 2;
        if (items[mid].start_byte < s->span.start_byte) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    for (uint32_t i = low; i < q->r->tokens.count && items[i].start_byte < s->span.end_byte; i++) {
        if (word_has(q, i, WORD_OF) || word_has(q, i, WORD_PREPOSITION)) {
            break; /* what follows is no head */
        }
        feminine |= word_has(q, i, WORD_FEMININE);
        masculine |= word_has(q, i, WORD_MASCULINE);
    }
    return feminine == masculine ? GENDER_UNKNOWN : feminine ? GENDER_FEMININE : GENDER_MASCULINE;
}

/* Whether the last speaker is somebody of the other gender. */
static bool clashes(const struct resolver *rs, const struct wanted *w)
{
    enum gender given = rs->last->entity == NO_INDEX ? printed_gender(rs->q, rs->last)
                                                     : entity_at(rs->q, rs->last->entity)->gender;
    return w->gender != GENDER_UNKNOWN && given != GENDER_UNKNOWN && given != w->gender;
}

/* "ai-je répondu", "I said": the byline tells who, when it names one person. */
static void take_author(const struct quoting *q, struct quote *quote)
{
    const struct document *d = q->r->document;
    quote->speaker.kind = SPEAKER_AUTHOR;
    quote->speaker.name = d->byline_count == 1 ? d->bylines[0] : SLICE_NONE;
    for (size_t i = 0; d->byline_count == 1 && i < q->r->entities.count; i++) {
        const struct entity *e = entity_at(q, (uint32_t)i);
        if (e->type == ENTITY_PER &&
            slice_equal(fold_key(q->r->arena, e->name), fold_key(q->r->arena, d->bylines[0]))) {
            quote->speaker.entity = (uint32_t)i;
            break;
        }
    }
    quote->resolution = d->byline_count == 1 ? "byline" : "pronoun";
}

/* "Le conférencier a parlé. Il … a-t-il dit": the narrator's subject, whom no name hides, is who the pronoun means. */
static bool take_subject(struct resolver *rs, struct quote *quote, const struct quote_note *note,
                         const struct wanted *w)
{
    struct quoting *q = rs->q;
    struct phrase p = narration_subject(q, note->frame, note->source.first);
    if (!p.present) {
        return false;
    }
    bool heard_since =
        rs->last && rs->last_block == w->block &&
        speaker_whole(rs->last_quote).end_byte > q->r->tokens.items[p.first].start_byte;
    if (heard_since) {
        return false;
    }
    if (p.name != NO_INDEX) { /* among names the scores decide; an unnamed one is further off */
        return rs->last && rs->last->entity == NO_INDEX &&
               speaker_take_antecedent(rs, quote, w, 0.9F);
    }
    enum gender gender = descriptions_gender(q, &p, phrase_head(q, &p));
    if (gender != GENDER_UNKNOWN && w->gender != GENDER_UNKNOWN && gender != w->gender) {
        return false;
    }
    if (!speaker_take_described(rs, quote, &p, false)) {
        speaker_take_phrase(rs, quote, &p, false, "subject");
        quote->confidence *= 0.85F;
    }
    return true;
}

void speaker_resolve_pronoun(struct resolver *rs, struct quote *quote,
                             const struct quote_note *note)
{
    const struct phrase *p = &note->source;
    struct quoting *q = rs->q;
    struct slice v = SLICE_NONE;
    uint32_t n = table_match(q, &q->pronouns, p->first, p->end, &v);
    struct slice person = n ? pack_column(v, 0) : SLICE("3"),
                 role = n ? pack_column(v, 3) : SLICE("oblique");
    quote->speaker.kind = SPEAKER_UNKNOWN;
    quote->resolution = "pronoun";
    if (slice_is(person, "2")) { /* "Vous avez dit : « … »" in a question to the interviewee */
        bool asked = q->r->document->blocks[quote->block].kind == BLOCK_QUESTION;
        if (asked && q->interviewee != NO_INDEX) {
            speaker_take_entity(q, &quote->speaker, q->interviewee, speaker_whole(quote));
            quote->resolution = "interview";
        }
        return;
    }
    if (!slice_is(person, "3")) {
        take_author(q, quote);
        return;
    }
    struct wanted w = speaker_wanted_for(rs, quote, p);
    w.gender = n ? gender_from(pack_column(v, 1)) : GENDER_UNKNOWN;
    struct slice number = n ? pack_column(v, 2) : SLICE("e");
    w.plural = slice_is(number, "p");
    w.any_number = slice_is(number, "e");
    w.latest = slice_is(role, "last");
    w.oblique = slice_is(role, "oblique");
    bool plural_last = rs->last && (rs->last->kind == SPEAKER_COLLECTIVE);
    if ((slice_is(role, "impersonal") || w.plural || slice_is(pack_column(v, 1), "n")) &&
        speaker_last_near(rs, w.block, 2) &&
        (!w.plural || plural_last || rs->last->kind != SPEAKER_PERSON)) {
        speaker_take_last(rs, quote, "last_speaker");
        quote->confidence *= 0.8F;
        return;
    }
    if (!w.plural && !w.latest && take_subject(rs, quote, note, &w)) {
        return;
    }
    /* an unnamed speaker just heard: "un témoin … il raconte" */
    bool unnamed = !w.plural && rs->last && rs->last->entity == NO_INDEX && !clashes(rs, &w) &&
                   (rs->last->kind == SPEAKER_ANONYMOUS || rs->last->kind == SPEAKER_PERSON);
    bool named_nearer = unnamed && !speaker_last_near(rs, w.block, 0) &&
                        speaker_take_antecedent(rs, quote, &w, 0.9F);
    if (named_nearer) {
        return;
    }
    if (unnamed && speaker_last_near(rs, w.block, 1)) {
        speaker_take_last(rs, quote, "last_speaker");
        quote->confidence *= 0.75F;
        return;
    }
    if (slice_is(role, "impersonal") || !speaker_take_antecedent(rs, quote, &w, 0.3F)) {
        quote->speaker.name = SLICE_NONE;
        quote->confidence *= 0.6F;
        struct phrase group = antecedent_group(q, p->first, &w);
        if (group.present && !slice_is(role, "impersonal")) {
            if (group.name != NO_INDEX) {
                speaker_take_entity(q, &quote->speaker, q->r->names.items[group.name].entity,
                                    speaker_whole(quote));
            } else {
                descriptions_take(q, &quote->speaker, &group);
            }
            quote->resolution = "group";
        } else if (!w.plural && speaker_last_near(rs, w.block, 2) && !clashes(rs, &w)) {
            speaker_take_last(rs, quote, "last_speaker");
        } else if (w.plural || slice_is(role, "impersonal")) {
            quote->speaker.kind = SPEAKER_COLLECTIVE;
            quote->speaker.name = quote->speaker.text;
        }
    }
}
