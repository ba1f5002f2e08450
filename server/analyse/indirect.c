/* Reported speech without marks: que-clauses, infinitives, orders, questions, "selon X", "…, souligne le titre".
 *
 * Only reports with a source are taken. Thoughts and wishes are not (class think without the letter i), nor surveys, nor a
 * verb of saying with a bare noun.
 */
#include "analyse/quoting.h"

#define LEAD_MOST  16u /* tokens between the verb and its infinitive */
#define TAKEN_LOOK 16u

struct report {
    struct quoting *q;
    uint32_t index;
    struct frame f;
    uint32_t from; /* behind the last report */
    size_t first_quote;
};

static bool taken(const struct report *s, uint32_t first, uint32_t end)
{
    const struct quoting *q = s->q;
    if (first >= end) {
        return true;
    }
    struct span span = tokens_span(q, first, end);
    size_t low = q->r->quotes.count > s->first_quote + TAKEN_LOOK ? q->r->quotes.count - TAKEN_LOOK
                                                                  : s->first_quote;
    for (size_t i = low; i < q->r->quotes.count; i++) {
        const struct quote *quote = &q->r->quotes.items[i];
        for (size_t k = 0; k < quote->span_count; k++) {
            if (quote->spans[k].span.start_byte < span.end_byte &&
                quote->spans[k].span.end_byte > span.start_byte) {
                return true;
            }
        }
    }
    return false;
}

static bool reports(const struct verb_cue *c)
{
    return !(c->letters & LETTER('w')) && (c->class != CUE_THINK || (c->letters & LETTER('i')));
}

static uint32_t write(struct report *s, const struct attribution *a, uint32_t first, uint32_t end,
                      uint32_t second, uint32_t second_end, float score)
{
    struct quoting *q = s->q;
    struct draft d = {.type = QUOTE_INDIRECT,
                      .by = *a,
                      .rule = a->rule,
                      .block = s->f.block,
                      .frame = s->index,
                      .confidence = score};
    if (first < end) {
        draft_span(q, &d, first, end, false);
    }
    if (second < second_end) {
        draft_span(q, &d, second, second_end, false);
    }
    uint32_t quote = draft_write(q, &d);
    uint32_t last = second < second_end ? second_end : end;
    s->from = last > s->from ? last : s->from;
    return quote;
}

/* ---- behind a verb */

static bool is_infinitive(const struct quoting *q, uint32_t i, uint32_t end)
{
    for (uint32_t n = 0; i < end && n < 5; i++, n++) {
        uint64_t f = word_flags(q, i);
        if (q->r->name_at && q->r->name_at[i] != NO_INDEX) {
            return false; /* "Claire" ends as a verb does */
        }
        if (HAS(f, WORD_INFINITIVE_FORM) ||
            (HAS(f, WORD_NOT_FINITE) && (HAS(f, WORD_HAVE) || HAS(f, WORD_BE)))) {
            return true;
        }
        uint32_t c = q->words[i].cue;
        if (c != NO_INDEX && q->cues.items[c].form == CUE_INFINITIVE) {
            return true;
        }
        if (!HAS(f, WORD_NEGATES) && !HAS(f, WORD_NEGATION_PART) && !HAS(f, WORD_OBJECT) &&
            !HAS(f, WORD_ADVERB)) {
            return false;
        }
    }
    return false;
}

/* "de partir", "à manifester", "to leave": where the infinitive begins, NO_INDEX: nowhere near. */
static uint32_t order_start(const struct quoting *q, uint32_t i, uint32_t end)
{
    for (uint32_t n = 0; i + 1 < end && n < LEAD_MOST && q->words[i].pair == NO_INDEX; i++, n++) {
        uint64_t f = word_flags(q, i);
        if (HAS(f, WORD_INFINITIVE_MARK) && word_is_plain(q, i + 1) &&
            !word_has(q, i + 1, WORD_DET) && !word_is_capital(q, i + 1) &&
            !word_has(q, i + 1, WORD_OBJECT) && !word_has(q, i + 1, WORD_PRONOUN)) {
            return i + 1;
        }
        bool link = (HAS(f, WORD_OF) || HAS(f, WORD_TO)) && !HAS(f, WORD_CONTRACTED);
        bool quantity =
            i > 0 && word_has(q, i - 1, WORD_NEGATION_PART); /* "plus de pouvoir d'achat" */
        if (link && !quantity && is_infinitive(q, i + 1, end)) {
            return i + 1;
        }
        if (!word_is_plain(q, i) || HAS(f, WORD_THAT) || word_is_finite(q, i) ||
            HAS(f, WORD_REFUSES) || (HAS(f, WORD_SUBORDINATES) && !HAS(f, WORD_ADVERB))) {
            return NO_INDEX; /* "called for a boycott after he refused to" */
        }
    }
    return NO_INDEX;
}

/* "said the plan was dead": where a clause without that begins. */
static uint32_t bare_start(const struct quoting *q, const struct verb_cue *c, uint32_t end)
{
    uint32_t i = c->end;
    while (i < end && i < c->end + 3 &&
           (word_has(q, i, WORD_TIME) || word_has(q, i, WORD_ADVERB))) {
        i++;
    }
    struct phrase p = phrase_at(q, i, end);
    if (p.present && (c->letters & LETTER('d'))) {
        struct phrase next = phrase_at(q, p.end, end);
        if (!next.present) {
            return NO_INDEX;
        }
        i = next.first;
        p = next;
    }
    if (!p.present) {
        return NO_INDEX;
    }
    if (!p.pronoun && p.name == NO_INDEX && clause_has(q, p.first + 2, p.end, WORD_FINITE_FORM)) {
        return i; /* "three patients needed help": the group took the verb along */
    }
    for (uint32_t v = p.end; v < end && v < p.end + 14; v++) {
        if (word_is_any(q, v, ", ; :") || word_has(q, v, WORD_THAT) ||
            word_has(q, v, WORD_RELATIVE)) {
            return NO_INDEX;
        }
        if (word_is_finite(q, v) || word_has(q, v, WORD_MODAL) || word_has(q, v, WORD_REFUSES) ||
            word_has(q, v, WORD_FINITE_FORM) || p.pronoun) {
            return i;
        }
    }
    return NO_INDEX;
}

struct content {
    uint32_t first;
    const char *rule;
    float score;
};

static struct content content_behind(const struct quoting *q, const struct verb_cue *c,
                                     uint32_t end)
{
    bool object = (c->letters & LETTER('d')) != 0;
    uint32_t lead = clause_lead(q, c->end, end, object);
    uint32_t tight = clause_lead(q, c->end, end, false);
    if (c->restricted && word_has(q, c->end, WORD_THAT)) {
        return (struct content){NO_INDEX, NULL, 0};
    }
    if (lead < end && word_has(q, lead, WORD_THAT) && (c->letters & LETTER('q')) &&
        (tight == lead || q->bare_subjects)) {
        return (struct content){lead + 1, "that_clause", 0.85F};
    }
    if (lead < end && word_has(q, lead, WORD_WHETHER) && (c->letters & LETTER('s'))) {
        return (struct content){lead, "question", 0.75F};
    }
    bool infinitive = (c->letters & LETTER('i')) &&
                      (word_has(q, c->end, WORD_INFINITIVE_MARK) || is_infinitive(q, c->end, end));
    if (infinitive) {
        return (struct content){c->end + (uint32_t)word_has(q, c->end, WORD_INFINITIVE_MARK),
                                "infinitive", 0.75F};
    }
    if ((c->letters & LETTER('d')) && !c->reflexive) {
        uint32_t first = order_start(q, c->end, end);
        if (first != NO_INDEX) {
            return (struct content){first, "order", 0.65F};
        }
    }
    uint32_t bare =
        q->that_may_lack && (c->letters & LETTER('b')) ? bare_start(q, c, end) : NO_INDEX;
    return (struct content){bare, "bare_clause", 0.7F};
}

static struct phrase source_of(const struct quoting *q, const struct verb_cue *c, uint32_t start,
                               uint32_t end)
{
    if (c->clitic != NO_INDEX) {
        return (struct phrase){.first = c->clitic,
                               .end = c->clitic + 1,
                               .name = NO_INDEX,
                               .present = true,
                               .pronoun = true};
    }
    (void)end;
    bool main_clause = c->form == CUE_INFINITIVE || c->form == CUE_GERUND;
    return phrase_before_verb(q, c->group, start, main_clause);
}

static bool fit_source(const struct quoting *q, const struct phrase *p)
{
    if (!p->present || word_has(q, p->first, WORD_SELF) || phrase_is_survey(q, p)) {
        return false;
    }
    struct slice v;
    bool anyone = p->pronoun && !(q->r->tokens.items[p->first].flags & TOKEN_CLITIC) &&
                  table_match(q, &q->pronouns, p->first, p->end, &v) &&
                  slice_is(pack_column(v, 3), "impersonal");
    return !anyone && !(p->pronoun && (word_has(q, p->first, WORD_EXPLETIVE) ||
                                       word_has(q, p->first, WORD_RELATIVE)));
}

#define ANONYMITY_MOST 6u /* words of such a wish */

/* "qui a demandé à rester anonyme", "who asked not to be named": why there is no name, and no news. */
static bool is_anonymity(const struct quoting *q, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end && end - first <= ANONYMITY_MOST; i++) {
        struct slice v;
        if (pack_find(&q->anonymity, q->r->tokens.items[i].lower, &v)) {
            return true;
        }
    }
    return false;
}

static void verb_read(struct report *s, uint32_t verb)
{
    struct quoting *q = s->q;
    const struct verb_cue *c = &q->cues.items[verb];
    if (!reports(c) || c->form > CUE_GERUND || q->words[c->end - 1].pair != NO_INDEX) {
        return;
    }
    struct content at = content_behind(q, c, s->f.end);
    if (at.first == NO_INDEX || at.first >= s->f.end) {
        return;
    }
    uint32_t end = clause_end(q, at.first, s->f.end);
    struct phrase source = source_of(q, c, s->f.first, c->group);
    bool clause = strcmp(at.rule, "that_clause") != 0 || clause_has_finite(q, at.first, end) ||
                  !q->that_may_lack || clause_has(q, at.first, end, WORD_FINITE_FORM) ||
                  clause_has(q, at.first, end, WORD_MODAL) || clause_words(q, at.first, end) > 8;
    if (!clause || end <= at.first + 1 || taken(s, at.first, end) || !fit_source(q, &source) ||
        (source.pronoun && source.end < c->end &&
         clause_has(q, source.end, c->end, WORD_IMPERSONAL))) {
        return;
    }
    bool rumour = source.pronoun && c->reflexive && c->form == CUE_FINITE &&
                  c->class == CUE_NEUTRAL && !(c->letters & LETTER('r')) &&
                  strcmp(at.rule, "that_clause") == 0; /* "il se dit que" */
    if (rumour || (strcmp(at.rule, "that_clause") != 0 && is_anonymity(q, at.first, end))) {
        return;
    }
    bool known = phrase_is_source(q, &source);
    struct attribution a = {.present = true,
                            .first = source.first,
                            .end = c->end,
                            .verb = verb,
                            .cue_first = c->first,
                            .cue_end = c->end,
                            .lemma = c->lemma,
                            .class = c->class,
                            .source = source,
                            .rule = at.rule,
                            .score = at.score};
    a.reporter = attribution_reporter(q, &source, c->first);
    write(s, &a, at.first, end, 0, 0, known ? at.score : at.score * 0.7F);
}

/* ---- "selon X" and "…, a dit X" */

static uint32_t clause_from(const struct report *s, uint32_t i)
{
    uint32_t from = i;
    while (from > s->from && from > s->f.first && !word_is_any(s->q, from - 1, "; :")) {
        from--;
    }
    while (from < i && (word_has(s->q, from, WORD_BUT) || word_is_mark(s->q, from, ","))) {
        from++;
    }
    return from;
}

/* Known as one, or by its ending beside a comma: "coûterait". */
static bool is_verb(const struct quoting *q, uint32_t i)
{
    return word_is_finite(q, i) || word_has(q, i, WORD_MODAL) ||
           (!q->bare_subjects && word_has(q, i, WORD_FINITE_FORM));
}

/* "The road will, X says, cut journey times": the words before are half a clause, whose verb wants the rest. */
static bool verb_hangs(const struct quoting *q, uint32_t from, uint32_t at)
{
    uint32_t end = at > from && word_is_any(q, at - 1, ", – — ―") ? at - 1 : at;
    uint32_t verb = end > from + 1 ? end - 1 : from;
    return verb > from && word_is_plain(q, verb) && q->words[verb].cue == NO_INDEX &&
           is_verb(q, verb);
}

/* What goes on behind the attribution: past its comma, NO_INDEX: nothing does. */
static uint32_t resumes(const struct report *s, const struct attribution *a, bool hangs)
{
    const struct quoting *q = s->q;
    uint32_t i = a->end;
    for (uint32_t n = 0; i < s->f.end && n < 14; i++, n++) {
        if (word_is_mark(q, i, "(")) { /* "l'Arcep (l'Autorité de régulation)" */
            for (uint32_t k = i; k < s->f.end && k < i + 24; k++) {
                if (word_is_mark(q, k, ")")) {
                    i = k + 1;
                    break;
                }
            }
        }
        if (word_is_mark(q, i, ",") || word_is_any(q, i, "– — ―")) {
            i = hangs || is_verb(q, i + 1) ? i : clause_apposition(q, i, s->f.end);
            return i + 1 < s->f.end && !word_has(q, i + 1, WORD_RELATIVE) ? i + 1 : NO_INDEX;
        }
        if (word_is_finite(q, i) || word_ends_sentence(q, i)) {
            break;
        }
    }
    return NO_INDEX;
}

static bool is_clause(const struct quoting *q, uint32_t first, uint32_t end)
{
    return first < end && clause_words(q, first, end) >= 3 &&
           (clause_has_finite(q, first, end) || is_verb(q, first));
}

static bool attribution_read(struct report *s, const struct attribution *a, uint32_t at)
{
    struct quoting *q = s->q;
    uint32_t from = clause_from(s, at);
    bool hangs = verb_hangs(q, from, at);
    uint32_t next = resumes(s, a, hangs);
    uint32_t end = next == NO_INDEX ? next : clause_end(q, next, s->f.end);
    bool before = clause_words(q, from, at) > 0, after = next != NO_INDEX && end > next;
    struct phrase opening = phrase_at(q, from, at);
    uint32_t stop = at > from && word_is_mark(q, at - 1, ",") ? at - 1 : at;
    bool short_before = clause_words(q, from, at) < 3 && !clause_has_finite(q, from, at) &&
                        opening.end != at && opening.end != stop;
    bool starts_subordinate = word_has(q, from, WORD_SUBORDINATES) && !word_has(q, from, WORD_THAT);
    bool turns = at > from && word_has(q, at - 1, WORD_COORDINATES);
    if (before && (short_before || turns) && after) { /* "…, mais, comme le relève X, …" */
        before = false;                               /* "Cependant, selon X, …" */
    }
    if (!before && after && is_clause(q, next, end) && !taken(s, next, end)) {
        write(s, a, 0, 0, next, end, a->score);
        return true;
    }
    if (!before || (starts_subordinate && !after) || taken(s, from, at)) {
        return false;
    }
    bool split = after && !taken(s, next, end) &&
                 ((hangs && !word_has(q, next, WORD_COORDINATES)) ||
                  (!is_clause(q, from, at) && is_clause(q, next, end)));
    if (split) {
        write(s, a, from, at, next, end, a->score * 0.9F);
        return true;
    }
    if (!is_clause(q, from, at)) {
        return false;
    }
    write(s, a, from, at, 0, 0, a->score * 0.95F);
    return true;
}

static bool attribution_fits(const struct report *s, const struct attribution *a)
{
    const struct quoting *q = s->q;
    if (!a->present || !fit_source(q, &a->source)) {
        return false;
    }
    if (strcmp(a->rule, "signature") == 0) {
        return false;
    }
    bool owned = a->source.name == NO_INDEX && !a->source.pronoun &&
                 word_has(q, a->source.first, WORD_POSSESSIVE) &&
                 phrase_head(q, &a->source) == NO_INDEX;
    if (owned && strcmp(a->rule, "verb_after") == 0) {
        return false; /* ", expriment leur colère": an object */
    }
    if (a->verb == NO_INDEX) {
        return true;
    }
    for (size_t i = q->note_count; i > 0 && q->notes[i - 1].frame == s->index; i--) {
        if (q->notes[i - 1].verb == a->verb) {
            return false; /* it has its words already */
        }
    }
    const struct verb_cue *c = &q->cues.items[a->verb];
    bool described = q->bare_subjects && a->source.name == NO_INDEX && !a->source.pronoun;
    uint32_t head = described ? phrase_head(q, &a->source) : NO_INDEX;
    uint32_t behind = head != NO_INDEX ? head + 1 : a->source.first + 2;
    bool clause_follows =
        word_is_finite(q, a->source.end) || word_has(q, a->source.end, WORD_MODAL);
    if (described && strcmp(a->rule, "verb_after") == 0 &&
        ((head == NO_INDEX && a->source.end == a->source.first + 1) || clause_follows ||
         clause_has(q, behind, a->source.end, WORD_FINITE_FORM) ||
         clause_has(q, behind, a->source.end, WORD_MODAL))) {
        return false; /* ", a nurse, said three patients needed help": what was said follows */
    }
    bool said = (c->letters & (LETTER('q') | LETTER('d'))) != 0 && reports(c);
    bool closes =
        !word_is_plain(q, c->end) || c->end >= s->f.end || word_has(q, c->end, WORD_TIME) ||
        (c->letters & LETTER('d')) ||
        (word_has(q, c->end, WORD_PREPOSITION) && !word_has(q, c->end, WORD_INFINITIVE_MARK));
    if (strcmp(a->rule, "subject_verb_after") == 0 && !closes) {
        return false;
    }
    return said && (strcmp(a->rule, "subject_verb_after") != 0 || q->bare_subjects);
}

static void token_read(struct report *s, uint32_t i)
{
    struct quoting *q = s->q;
    struct attribution a = {.present = false};
    if (word_is_any(q, i, ", – — ―")) {
        a = attribution_after(q, i, s->f.end, false);
        if (attribution_fits(s, &a) && attribution_read(s, &a, i)) {
            return;
        }
    }
    a = attribution_preposition(q, i, s->f.end);
    if (!a.present) {
        return;
    }
    bool starts = i == s->f.first || word_is_any(q, i - 1, ", ; : – — ―");
    bool closes = word_is_any(q, a.end, ", . ! ? … ; )") || a.end >= s->f.end;
    if ((a.score < 0.6F || a.score < 0.7F) &&
        !(a.score >= 0.6F && i == s->f.first && word_is_mark(q, a.end, ","))) {
        return;
    }
    if ((starts || closes) && attribution_fits(s, &a)) {
        attribution_read(s, &a, i);
    }
}

void indirect_read(struct quoting *q, uint32_t frame)
{
    struct report s = {.q = q, .index = frame, .f = q->frames.items[frame]};
    enum block_kind kind = q->r->document->blocks[s.f.block].kind;
    if (!q->r->pack || kind == BLOCK_CAPTION || kind == BLOCK_QUESTION) {
        return;
    }
    s.first_quote = q->r->quotes.count;
    while (s.first_quote > 0 && q->notes[s.first_quote - 1].frame == frame) {
        s.first_quote--;
    }
    s.from = s.f.first;
    for (uint32_t i = s.f.first; i < s.f.end; i++) {
        if (q->words[i].pair != NO_INDEX || i < s.from) {
            continue;
        }
        uint32_t c = q->words[i].cue;
        if (c != NO_INDEX && q->cues.items[c].first == i) {
            verb_read(&s, c);
        }
        token_read(&s, i);
    }
}
