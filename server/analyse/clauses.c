/* Where clauses end, and what they hold, seen from outside the marks. */
#include "analyse/quoting.h"

uint32_t pair_outermost(const struct quoting *q, uint32_t token)
{
    uint32_t p = token < q->r->tokens.count ? q->words[token].pair : NO_INDEX;
    while (p != NO_INDEX && q->pairs.items[p].parent != NO_INDEX) {
        p = q->pairs.items[p].parent;
    }
    return p;
}

static uint32_t behind_pair(const struct quoting *q, uint32_t pair)
{
    const struct pair *p = &q->pairs.items[pair];
    return p->close != NO_INDEX ? p->close + 1 : p->end;
}

uint32_t clause_pair(const struct quoting *q, uint32_t token, uint32_t end)
{
    for (uint32_t i = token; i < end && i < token + QUOTING_REACH; i++) {
        uint32_t p = pair_outermost(q, i);
        if (p != NO_INDEX) {
            return p;
        }
    }
    return NO_INDEX;
}

uint32_t clause_words(const struct quoting *q, uint32_t first, uint32_t end)
{
    uint32_t n = 0;
    for (uint32_t i = first; i < end; i++) {
        n += q->words[i].pair == NO_INDEX && word_is_plain(q, i);
    }
    return n;
}

bool clause_has_finite(const struct quoting *q, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++) {
        uint64_t f = word_flags(q, i);
        if (word_is_finite(q, i) || HAS(f, WORD_SUBJECT_LIKE) ||
            ((q->r->tokens.items[i].flags & TOKEN_CLITIC) && HAS(f, WORD_PRONOUN))) {
            return true;
        }
    }
    return false;
}

bool clause_has(const struct quoting *q, uint32_t first, uint32_t end, enum word_flag flag)
{
    for (uint32_t i = first; i < end; i++) {
        if (word_has(q, i, flag)) {
            return true;
        }
    }
    return false;
}

/* ", ajoutant que", ", avant de conclure", ", a-t-il ajouté", ", selon X", "et a promis que". */
static bool new_report(const struct quoting *q, uint32_t i, uint32_t end)
{
    uint32_t next = i + 1;
    if (next >= end) {
        return false;
    }
    bool comma = word_is_any(q, i, ", – — ―");
    for (uint32_t t = next; t < end && t < next + 5; t++) {
        uint32_t c = q->words[t].cue;
        if (c == NO_INDEX || q->words[t].pair != NO_INDEX) {
            continue;
        }
        const struct verb_cue *v = &q->cues.items[c];
        bool opens = v->group <= next ||
                     (v->group == next + 1 && word_has(q, next, WORD_COORDINATES)) ||
                     (v->group <= next + 1 && word_has(q, next, WORD_BEFORE));
        opens |= v->group == next + 1 && word_has(q, next, WORD_PRONOUN) &&
                 (v->letters & LETTER('q')) &&
                 word_has(q, clause_lead(q, v->end, end, false), WORD_THAT);
        bool led = word_has(q, i, WORD_COORDINATES) && v->group <= next &&
                   (v->form == CUE_COMPOUND || v->form == CUE_FINITE);
        bool weak =
            (v->letters & LETTER('w')) != 0 && v->clitic == NO_INDEX && v->form != CUE_FINITE;
        if ((comma && opens && v->form != CUE_PASSIVE && !weak) ||
            (led && (v->letters & LETTER('q')))) {
            return true;
        }
        break;
    }
    return comma && attribution_after(q, i, end, false).present;
}

/* ", which raised concerns", ", une phrase qui a déplu" behind the last marked words: the narrator comments. */
static bool comments(const struct quoting *q, uint32_t i, uint32_t end)
{
    if (word_is_mark(q, i, ",") && word_has(q, i + 1, WORD_DET) &&
        word_has(q, i + 2, WORD_CUE_NOUN) && clause_pair(q, i, end) == NO_INDEX) {
        return true;
    }
    return q->that_may_lack && word_is_mark(q, i, ",") && word_has(q, i + 1, WORD_RELATIVE) &&
           !word_has(q, i + 1, WORD_THAT) && i > 0 && clause_pair(q, i, end) == NO_INDEX;
}

uint32_t clause_end(const struct quoting *q, uint32_t token, uint32_t end)
{
    bool marked = false;
    for (uint32_t i = token; i < end;) {
        uint32_t p = pair_outermost(q, i);
        if (p != NO_INDEX) {
            uint32_t behind = behind_pair(q, p);
            i = behind > i ? behind : i + 1;
            marked = true;
            continue;
        }
        bool parts = word_is_any(q, i, ", – — ―") || word_has(q, i, WORD_AND) ||
                     (q->that_may_lack && word_has(q, i, WORD_BUT));
        if (word_is_mark(q, i, ";") || (parts && new_report(q, i, end)) ||
            (marked && comments(q, i, end))) {
            return i;
        }
        i++;
    }
    while (end > token && q->words[end - 1].pair == NO_INDEX && word_ends_sentence(q, end - 1)) {
        end--;
    }
    return end;
}

/* "chargée de communication au Comité", "le maire de X": nothing that the speaker said. */
uint32_t clause_apposition(const struct quoting *q, uint32_t comma, uint32_t end)
{
    uint32_t i = comma + 1;
    bool person = false;
    if (i >= end || word_is_capital(q, i) || word_has(q, i, WORD_PRONOUN) ||
        word_has(q, i, WORD_SUBORDINATES) || word_has(q, i, WORD_COORDINATES) ||
        word_has(q, i, WORD_THAT)) {
        return comma;
    }
    bool determined = word_has(q, i, WORD_DET) || word_has(q, i, WORD_PREPOSITION);
    for (; i < end && i < comma + 40; i++) {
        if (word_is_any(q, i, ", . ! ? : ;")) {
            return person || !determined ? i : comma;
        }
        if (word_is_finite(q, i) || word_has(q, i, WORD_SELF) || word_has(q, i, WORD_NEGATES)) {
            return comma;
        }
        person |= i < comma + 6 && (word_has(q, i, WORD_PERSON) || word_has(q, i, WORD_COLLECTIVE));
    }
    return i >= end && (person || !determined) ? end : comma;
}

#define LEAD_MOST 16u /* tokens between the verb and its que */

uint32_t clause_lead(const struct quoting *q, uint32_t i, uint32_t end, bool object)
{
    uint32_t limit = i + LEAD_MOST < end ? i + LEAD_MOST : end, first = i;
    while (i < limit) {
        uint64_t f = word_flags(q, i);
        if (HAS(f, WORD_THAT) || HAS(f, WORD_WHETHER) || q->words[i].pair != NO_INDEX) {
            return i;
        }
        bool name = q->r->name_at && q->r->name_at[i] != NO_INDEX;
        if (HAS(f, WORD_TIME) || q->r->tokens.items[i].kind == TOKEN_NUMBER ||
            word_is_any(q, i, ", ( )") || (HAS(f, WORD_ADVERB) && !name)) {
            i++;
        } else if (HAS(f, WORD_DET) &&
                   (word_has(q, i + 1, WORD_TIME) || word_has(q, i + 2, WORD_TIME))) {
            i++;
        } else if (HAS(f, WORD_PREPOSITION) && !HAS(f, WORD_INFINITIVE_MARK)) {
            struct phrase p = phrase_at(q, HAS(f, WORD_CONTRACTED) ? i : i + 1, limit);
            i = p.present && p.end > i ? p.end : i + 1;
        } else if (object && i == first) {
            struct phrase p = phrase_at(q, i, limit);
            /* "told the meeting the route would": two groups in a row */
            bool addressee = p.present && q->that_may_lack && word_has(q, p.end, WORD_DET);
            if (!p.present || !(phrase_is_human(q, &p) || addressee)) {
                return i;
            }
            i = p.end;
            object = false;
        } else {
            return i;
        }
    }
    return i;
}

uint32_t incise_end(const struct quoting *q, const struct attribution *a, uint32_t end)
{
    uint32_t i = a->end;
    while (i < end && i < a->end + 40 && !word_is_any(q, i, ", . ! ? : ; – — ―")) {
        i++;
    }
    for (uint32_t tries = 0; tries < 3 && i < end && word_is_mark(q, i, ",") && !a->source.pronoun;
         tries++) {
        uint32_t behind = clause_apposition(q, i, end);
        if (behind == i) {
            break;
        }
        i = behind;
    }
    return i < end ? i + 1 : end;
}
