/* Marked words behind the verb that takes them: its object, its que-clause, and the items that follow the first one. */
#include "analyse/scene.h"

#define CONTINUED_MOST 24u /* tokens between two objects of one verb */

/* What may stand between two items: a comma, "et", "ainsi que", "comme", and what leads to a noun. */
static bool joins(const struct quoting *q, uint32_t i)
{
    return word_is_mark(q, i, ",") || word_has(q, i, WORD_COORDINATES) || word_has(q, i, WORD_AS) ||
           (word_has(q, i, WORD_THAT) && word_has(q, i - 1, WORD_AS)) || word_has(q, i, WORD_DET) ||
           word_has(q, i, WORD_OF) || word_has(q, i, WORD_PREPOSITION);
}

/* « a » et « b », « c »: the last pair of an enumeration that starts with `p`. */
const struct pair *scene_enumeration_end(const struct quoting *q, const struct pair *p,
                                         uint32_t end)
{
    for (;;) {
        uint32_t i = scene_behind(p), steps = 0;
        while (i < end && steps < 6 && q->words[i].pair == NO_INDEX && joins(q, i)) {
            i++;
            steps++;
        }
        uint32_t next = i < end ? pair_outermost(q, i) : NO_INDEX;
        if (next == NO_INDEX || steps == 0 || &q->pairs.items[next] <= p) {
            return p;
        }
        p = &q->pairs.items[next];
    }
}

/* X ajoute : « A », ainsi que « B »: the second is a quote of its own, by the same. */
bool scene_listed(struct scene *s, const struct pair *p)
{
    struct quoting *q = s->q;
    const struct quote *last =
        s->last_quote == NO_INDEX ? NULL : &q->r->quotes.items[s->last_quote];
    uint32_t i = scene_opening(p);
    while (last && i > s->f.first && q->words[i - 1].pair == NO_INDEX && joins(q, i - 1)) {
        i--;
    }
    uint32_t before = i > s->f.first ? pair_outermost(q, i - 1) : NO_INDEX;
    bool coordinated = clause_has(q, i, scene_opening(p), WORD_COORDINATES) ||
                       clause_has(q, i, scene_opening(p), WORD_AS);
    bool colon = last && word_is_mark(q, scene_opening(p) - 1, ":") &&
                 s->last.end + 1 == scene_opening(p); /* « A », ajoute-t-il : « B » */
    if (colon && s->last.present) {
        struct draft d = scene_draft(s, QUOTE_DIRECT, &s->last);
        draft_span(q, &d, p->first, p->end, true);
        scene_finish(s, &d, scene_opening(p), scene_behind(p));
        return true;
    }
    if (!last || !s->last.present || !coordinated || before == NO_INDEX ||
        q->pairs.items[before].quote != s->last_quote ||
        attribution_after(q, scene_behind(p), s->f.end, false).present) {
        return false;
    }
    struct draft d = scene_draft(s, QUOTE_MIXED, &s->last);
    draft_span(q, &d, p->first, p->end, true);
    scene_finish(s, &d, scene_opening(p), scene_behind(p));
    return true;
}

/* Behind adverbs, dates and channels: "a raillé mardi sur X la « … »". */
static uint32_t object_start(const struct quoting *q, uint32_t i, uint32_t end)
{
    while (i < end) {
        struct slice v;
        uint32_t n = table_match(q, &q->channels, i, end, &v);
        bool whole =
            n && !slice_is(pack_column(v, 0), "medium") &&
            !slice_is(pack_column(v, 0), "broadcast"); /* "a salué dans un tweet ce « … »" */
        bool name = q->r->name_at && i + n < end && q->r->name_at[i + n] != NO_INDEX;
        if (n && name) {
            i = q->r->names.items[q->r->name_at[i + n]].end;
        } else if (whole && !word_has(q, i + n - 1, WORD_OF)) {
            i += n;
        } else if (word_has(q, i, WORD_TIME) ||
                   (word_has(q, i, WORD_ADVERB) && !word_has(q, i, WORD_DET)) ||
                   (word_has(q, i, WORD_DET) && word_has(q, i + 1, WORD_TIME))) {
            i++;
        } else {
            return i;
        }
    }
    return i;
}

/* What belongs to the object behind its marks: the noun of « Stop X » movement, "of a convention", "who was …". */
static uint32_t object_end(const struct quoting *q, uint32_t behind, uint32_t end)
{
    uint32_t i = behind;
    const uint64_t closed = UINT64_C(1) << WORD_PREPOSITION | UINT64_C(1) << WORD_COORDINATES |
                            UINT64_C(1) << WORD_SUBORDINATES | UINT64_C(1) << WORD_DET |
                            UINT64_C(1) << WORD_TIME | UINT64_C(1) << WORD_THAT |
                            UINT64_C(1) << WORD_RELATIVE | UINT64_C(1) << WORD_PRONOUN |
                            UINT64_C(1) << WORD_AS | UINT64_C(1) << WORD_NEGATES |
                            UINT64_C(1) << WORD_NEGATION_PART | UINT64_C(1) << WORD_ADVERB;
    for (uint32_t n = 0;
         q->bare_subjects && n < 4 && i < end && word_is_plain(q, i) &&
         !(word_flags(q, i) & closed) && !word_is_finite(q, i) && q->words[i].cue == NO_INDEX;
         n++) {
        i++;
    }
    if (word_has(q, i, WORD_OF) && i < end && q->words[i].pair == NO_INDEX) {
        struct phrase p = phrase_at(q, word_has(q, i, WORD_CONTRACTED) ? i : i + 1, end);
        i = p.present && p.end > i ? p.end : i;
    }
    bool relative = q->bare_subjects && word_has(q, i, WORD_RELATIVE) && i < end;
    return relative ? clause_end(q, i, end) : i;
}

bool scene_before(struct scene *s, const struct pair *p, const struct attribution *a)
{
    struct quoting *q = s->q;
    uint32_t open = scene_opening(p);
    bool colon = word_is_mark(q, open - 1, ":");
    bool alone = colon || strcmp(a->rule, "colon") == 0;
    bool clause = strcmp(a->rule, "that_clause") == 0 || strcmp(a->rule, "bare_clause") == 0;
    struct draft d = scene_draft(s, alone ? QUOTE_DIRECT : QUOTE_MIXED, a);
    if (!alone && !clause && scene_is_sentence(q, p) && scene_words(q, p) >= 5 &&
        word_is_capital(q, p->first)) {
        d.type = QUOTE_DIRECT;
    }
    if (clause) {
        uint32_t first = a->end;
        while (first < open && strcmp(a->rule, "that_clause") == 0 &&
               !word_has(q, first, WORD_THAT) && !word_has(q, first, WORD_WHETHER)) {
            first++;
        }
        first += strcmp(a->rule, "that_clause") == 0 && word_has(q, first, WORD_THAT);
        uint32_t end = clause_end(q, first, s->f.end);
        end = end < scene_behind(p) ? scene_behind(p) : end;
        draft_mixed(q, &d, first, end);
        scene_finish(s, &d, open, end);
        s->from = end;
        return true;
    }
    const struct pair *last = d.type == QUOTE_MIXED ? scene_enumeration_end(q, p, s->f.end) : p;
    uint32_t first = open;
    if (d.type == QUOTE_MIXED && a->verb != NO_INDEX && a->end < open && open - a->end < 12) {
        first = object_start(q, a->end, open);
        while (first < open && (word_has(q, first, WORD_OF) || word_has(q, first, WORD_TO) ||
                                (word_has(q, first, WORD_PREPOSITION) &&
                                 (first + 1 == open || !word_has(q, first, WORD_DET))))) {
            first++;
        }
        for (uint32_t i = first; i < open; i++) {
            if (word_is_mark(q, i, ",") ||
                (a->source.present && a->source.first >= first && i < a->source.end)) {
                first = open;
                break;
            }
        }
    }
    for (uint32_t i = first; i < open; i++) {
        first = word_has(q, i, WORD_WHETHER) ? i : first; /* "asked Clinton how the “…”" */
    }
    uint32_t end =
        d.type == QUOTE_MIXED ? object_end(q, scene_behind(last), s->f.end) : scene_behind(last);
    draft_mixed(q, &d, first, end);
    scene_finish(s, &d, open, end);
    s->from = end;
    return true;
}

/* "X a qualifié le texte de « … » et Y l'accord d'« … »", "et Y d'« … »": the verb is left out, its subject isn't. */
static struct phrase gapped_subject(const struct quoting *q, uint32_t from, uint32_t token)
{
    const struct phrase nobody = {.first = NO_INDEX, .end = NO_INDEX, .name = NO_INDEX};
    uint32_t i = token;
    if (i > from + 1 && word_is_any(q, i - 1, "' ’")) {
        i -= 2; /* "d'« … »" */
    }
    while (i > from && (word_has(q, i - 1, WORD_OF) || word_has(q, i - 1, WORD_DET)) &&
           q->words[i - 1].pair == NO_INDEX) {
        i--;
    }
    uint32_t name = i > from && q->r->name_at ? q->r->name_at[i - 1] : NO_INDEX;
    if (name == NO_INDEX || i == token || q->r->names.items[name].type != ENTITY_PER ||
        q->r->names.items[name].end != i) {
        return nobody;
    }
    uint32_t first = q->r->names.items[name].first;
    for (uint32_t k = first; k-- > from && first - k < 6 && word_is_plain(q, k);) {
        if (word_has(q, k, WORD_AND)) {
            return (struct phrase){.first = first, .end = i, .name = name, .present = true};
        }
        if (word_has(q, k, WORD_PREPOSITION) || word_is_finite(q, k)) {
            break;
        }
    }
    return nobody;
}

bool scene_gapped(const struct scene *s, const struct pair *p)
{
    return s->last.present && gapped_subject(s->q, s->from, scene_opening(p)).present;
}

/* X a appelé à « a » lundi et à « b »: a verb's second object, when no other verb stands between. */
bool scene_continued(struct scene *s, const struct pair *p)
{
    struct quoting *q = s->q;
    uint32_t open = scene_opening(p), from = s->from;
    bool object = s->last_quote != NO_INDEX && s->last.present && s->last.verb != NO_INDEX &&
                  q->r->quotes.items[s->last_quote].type == QUOTE_MIXED && s->last.end <= from &&
                  open > from && open - from < CONTINUED_MOST;
    object &= !word_is_finite(q, scene_behind(p)); /* "et la rue « des Lilas » est fermée" */
    bool joined = false;
    for (uint32_t i = from; object && i < open; i++) {
        object = q->words[i].pair == NO_INDEX && !word_is_finite(q, i) &&
                 !word_is_any(q, i, "; :") && !word_has(q, i, WORD_RELATIVE);
        joined |= word_has(q, i, WORD_AND) || word_is_mark(q, i, ",");
    }
    struct phrase gapped = object ? gapped_subject(q, from, open) : s->last.source;
    bool few = scene_words(q, p) < 2 && word_has(q, open - 1, WORD_DET) && !gapped.present;
    if (!object || !joined || few) {
        return false;
    }
    struct attribution by = s->last;
    by.source = gapped.present ? gapped : by.source;
    struct draft d = scene_draft(s, QUOTE_MIXED, &by);
    d.confidence *= 0.75F;
    draft_span(q, &d, p->first, p->end, true);
    scene_finish(s, &d, open, scene_behind(p));
    return true;
}
