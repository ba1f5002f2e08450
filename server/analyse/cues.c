/* Reporting verbs with their auxiliaries: table `cue_verbs` gives form, lemma, class and syntax; the compound
 * tenses, negation, reflexives and inversion are read from the words in front. */
#include "analyse/quoting.h"

#define GROUP_MOST 9u /* tokens that a verb group can reach back */

/* What stands in front of a verb form. */
struct group {
    uint32_t start;     /* leftmost token of the group */
    uint32_t auxiliary; /* NO_INDEX: none */
    uint32_t clitic;    /* pronoun between auxiliary and participle */
    uint32_t carrier;   /* modal, preposition or "to" before an infinitive */
    bool have, been, reflexive, negates, negates_fully, conditional, refuses, object;
};

struct reading_of_form {
    struct slice lemma, morphs;
    enum cue_class class;
    uint32_t letters;
    bool finite, infinitive, gerund, participle, conditional, indicative, third, first_or_second;
    bool plural, singular;
};

static struct reading_of_form form_read(struct slice line)
{
    struct reading_of_form f = {.lemma = pack_column(line, 0), .morphs = pack_column(line, 2)};
    cue_class_parse(pack_column(line, 1), &f.class);
    struct slice letters = pack_column(line, 3);
    for (size_t i = 0; i < letters.len; i++) {
        if (letters.ptr[i] >= 'a' && letters.ptr[i] <= 'z') {
            f.letters |= LETTER(letters.ptr[i]);
        }
    }
    struct slice rest = f.morphs;
    while (slice_present(rest)) {
        struct slice m = slice_cut(&rest, ',');
        f.infinitive |= slice_is(m, "inf");
        f.gerund |= slice_is(m, "part.prs");
        f.participle |= slice_starts(m, SLICE("part.pst"));
        bool ind = slice_starts(m, SLICE("ind.")), cond = slice_starts(m, SLICE("cond."));
        if ((ind || cond || slice_starts(m, SLICE("sub."))) && m.len > 2) {
            char person = m.ptr[m.len - 2];
            bool third = person == '3';
            f.finite |= third && (ind || cond);
            f.third |= third;
            f.first_or_second |= !third;
            f.indicative |= third && ind;
            f.conditional |= third && cond;
            f.plural |= third && m.ptr[m.len - 1] == 'p';
            f.singular |= third && m.ptr[m.len - 1] == 's';
        }
    }
    return f;
}

/* Steps over one token in front of a verb; false when it isn't part of the group. */
static bool group_take(const struct quoting *q, struct group *g, uint32_t j, bool *past_auxiliary)
{
    uint64_t f = word_flags(q, j);
    uint8_t token_flags = q->r->tokens.items[j].flags;
    if (HAS(f, WORD_NEGATES) || HAS(f, WORD_NEGATION_PART)) {
        g->negates |= HAS(f, WORD_NEGATES) != 0;
        g->negates_fully |= HAS(f, WORD_NEGATES_FULLY) != 0;
        return true;
    }
    if (HAS(f, WORD_PRONOUN) && (token_flags & TOKEN_CLITIC) && !*past_auxiliary) {
        g->clitic = j;
        return true;
    }
    if (HAS(f, WORD_BEEN) && !*past_auxiliary) {
        g->been = true;
        return true;
    }
    if (!*past_auxiliary && (HAS(f, WORD_HAVE) || HAS(f, WORD_BE)) && g->carrier == NO_INDEX) {
        g->auxiliary = j;
        g->have = HAS(f, WORD_HAVE) != 0;
        g->conditional |= HAS(f, WORD_CONDITIONAL) != 0;
        *past_auxiliary = true;
        return true;
    }
    if (HAS(f, WORD_PRONOUN) && !HAS(f, WORD_DET) && !*past_auxiliary &&
        !(token_flags & TOKEN_CLITIC) && g->carrier == NO_INDEX && j > 0 &&
        HAS(word_flags(q, j - 1), WORD_HAVE) && HAS(word_flags(q, j - 1), WORD_FINITE) &&
        word_is_plain(q, j + 1)) {
        return true; /* "X a elle qualifié de" */
    }
    bool stressed =
        HAS(f, WORD_OBJECT) && HAS(f, WORD_PRONOUN) &&
        (j == 0 || q->r->tokens.items[j - 1].sentence != q->r->tokens.items[j].sentence);
    if (stressed) {
        return false; /* "Lui dit vivre bien" */
    }
    if (HAS(f, WORD_OBJECT) && (!HAS(f, WORD_DET) || *past_auxiliary || HAS(f, WORD_REFLEXIVE) ||
                                (j > 0 && (HAS(word_flags(q, j - 1), WORD_NEGATES) ||
                                           HAS(word_flags(q, j - 1), WORD_PRONOUN) ||
                                           HAS(word_flags(q, j - 1), WORD_AS))))) {
        g->reflexive |= HAS(f, WORD_REFLEXIVE) != 0;
        g->object = true;
        return true;
    }
    if (HAS(f, WORD_ADVERB) && !HAS(f, WORD_DET) && !HAS(f, WORD_PREPOSITION)) {
        return true;
    }
    if (g->carrier != NO_INDEX && !*past_auxiliary && (HAS(f, WORD_HAVE) || HAS(f, WORD_BE))) {
        *past_auxiliary = true; /* "a refusé de dire" */
        g->conditional |= HAS(f, WORD_CONDITIONAL) != 0;
        return true;
    }
    if (HAS(f, WORD_REFUSES) || HAS(f, WORD_MODAL)) {
        g->refuses |= HAS(f, WORD_REFUSES) != 0;
        g->conditional |= HAS(f, WORD_CONDITIONAL) != 0;
        if (g->auxiliary == NO_INDEX) {
            g->carrier = j;
            *past_auxiliary = false;
            return true;
        }
    }
    return false;
}

/* "a en revanche jugé", "a pour sa part dit": the auxiliary in front of a short group that ends at `last`. */
static uint32_t auxiliary_before_group(const struct quoting *q, uint32_t last)
{
    for (uint32_t i = last; i-- > 0 && last - i < 4 && word_is_plain(q, i + 1);) {
        uint32_t lead = i + 1;
        bool pronoun = word_has(q, lead, WORD_OBJECT) && !word_has(q, lead, WORD_PREPOSITION);
        if (word_is_finite(q, lead) || pronoun || word_has(q, lead, WORD_THAT)) {
            return NO_INDEX;
        }
        if (word_has(q, i, WORD_HAVE) && word_has(q, i, WORD_FINITE)) {
            bool aim = word_has(q, lead, WORD_INFINITIVE_PREPOSITION) &&
                       !word_has(q, lead + 1, WORD_POSSESSIVE); /* "a pour but affiché de" */
            bool leads = word_has(q, lead, WORD_OF)
                             ? lead + 1 == last /* "a de plus demandé", "a d'emblée écarté" */
                             : word_has(q, lead, WORD_PREPOSITION);
            return leads && !aim && lead < last ? i : NO_INDEX;
        }
    }
    return NO_INDEX;
}

/* "a plusieurs fois jugé", "a ce matin dit": the auxiliary in front of a date or a count that ends at `last`. */
static uint32_t auxiliary_before_time(const struct quoting *q, uint32_t last)
{
    for (uint32_t i = last; word_has(q, last, WORD_TIME) && i-- > 0 && last - i < 5;) {
        if (word_has(q, i, WORD_HAVE) && word_has(q, i, WORD_FINITE)) {
            return i;
        }
        bool leads = word_has(q, i, WORD_DET) || word_has(q, i, WORD_PREPOSITION) ||
                     word_has(q, i, WORD_TIME) || word_has(q, i, WORD_NUMERAL) ||
                     q->r->tokens.items[i].kind == TOKEN_NUMBER;
        if (!word_is_plain(q, i) || (!leads && !word_has(q, i - 1, WORD_DET))) {
            break; /* "une nouvelle fois", but not "avait donné le ton lundi" */
        }
    }
    return NO_INDEX;
}

static struct group group_before(const struct quoting *q, uint32_t verb, bool infinitive)
{
    struct group g = {
        .start = verb, .auxiliary = NO_INDEX, .clitic = NO_INDEX, .carrier = NO_INDEX};
    const struct token *items = q->r->tokens.items;
    bool past = false;
    for (uint32_t j = verb;
         j-- > 0 && verb - j <= GROUP_MOST && items[j].block == items[verb].block;) {
        uint32_t auxiliary = past || g.object ? NO_INDEX : auxiliary_before_time(q, j);
        if (auxiliary == NO_INDEX && j + 1 == verb && !infinitive) {
            auxiliary = auxiliary_before_group(q, j);
        }
        if (auxiliary != NO_INDEX && j - auxiliary > 1) {
            j = auxiliary + 1;
            continue;
        }
        uint64_t f = word_flags(q, j);
        bool link = infinitive && g.auxiliary == NO_INDEX &&
                    (HAS(f, WORD_OF) || HAS(f, WORD_TO) || HAS(f, WORD_INFINITIVE_PREPOSITION) ||
                     HAS(f, WORD_INFINITIVE_MARK)) &&
                    !HAS(f, WORD_CONTRACTED);
        if (link) {
            g.carrier = g.carrier == NO_INDEX ? j : g.carrier;
            g.start = j;
            if (j && HAS(word_flags(q, j - 1), WORD_BEFORE)) {
                g.start = j - 1;
                break;
            }
            continue;
        }
        if (q->words[j].pair != q->words[verb].pair || !group_take(q, &g, j, &past)) {
            break;
        }
        /* adverbs belong to the group only between its verbs */
        if (!HAS(f, WORD_ADVERB) || past || HAS(f, WORD_NEGATION_PART)) {
            g.start = j;
        }
    }
    return g;
}

static bool noun_here(const struct quoting *q, uint32_t verb, uint32_t letters,
                      const struct group *g)
{
    if (verb == 0 || q->r->tokens.items[verb - 1].block != q->r->tokens.items[verb].block) {
        return false;
    }
    uint64_t f = word_flags(q, verb - 1);
    if (HAS(f, WORD_DET) && !HAS(f, WORD_OBJECT)) {
        return true;
    }
    if ((letters & LETTER('n')) && (HAS(f, WORD_DET) || HAS(f, WORD_GENITIVE)) && !g->object) {
        return true;
    }
    if (q->bare_subjects && (letters & LETTER('n')) && g->start == verb) { /* "late-night tweets" */
        bool subject = HAS(f, WORD_PRONOUN) || HAS(f, WORD_ADVERB) || HAS(f, WORD_PERSON) ||
                       HAS(f, WORD_COLLECTIVE) || HAS(f, WORD_BODY) || HAS(f, WORD_DOCUMENT) ||
                       HAS(f, WORD_ANONYMOUS) || HAS(f, WORD_SURVEY) ||
                       (q->r->name_at && q->r->name_at[verb - 1] != NO_INDEX);
        if (!subject && word_is_plain(q, verb - 1)) {
            return true;
        }
    }
    return HAS(f, WORD_PREPOSITION) && !HAS(f, WORD_OBJECT);
}

/* "avait auparavant, pendant la cérémonie, dénoncé": an aside between auxiliary and participle. */
static bool opens_aside(const struct quoting *q, uint32_t auxiliary)
{
    uint32_t i = auxiliary + 1;
    while (word_has(q, i, WORD_ADVERB)) {
        i++;
    }
    return word_is_mark(q, i, ",");
}

static bool shares_auxiliary(const struct quoting *q, uint32_t verb)
{
    bool aside = verb > 0 && word_is_mark(q, verb - 1, ",");
    if (verb == 0 || !(aside || (word_has(q, verb - 1, WORD_AND) && q->cues.count > 0))) {
        return false;
    }
    uint32_t sentence = q->r->tokens.items[verb].sentence;
    for (uint32_t j = verb - 1;
         j-- > 0 && verb - j < 30 && q->r->tokens.items[j].sentence == sentence;) {
        uint32_t cue = q->words[j].cue;
        bool compound =
            cue != NO_INDEX && q->cues.items[cue].form == CUE_COMPOUND; /* "a ri et affirmé" */
        bool have = word_has(q, j, WORD_HAVE) && word_has(q, j, WORD_FINITE);
        if (aside && (compound || have || word_is_finite(q, j))) {
            return have && opens_aside(q, j);
        }
        if (compound || have) {
            return true;
        }
        if (word_is_finite(q, j)) {
            return false;
        }
    }
    return false;
}

/* "disais-je", "nous répondons": a first person beside its pronoun. */
static bool is_first_person(const struct quoting *q, uint32_t verb, uint32_t count,
                            const struct reading_of_form *f, const struct group *g)
{
    uint32_t after = verb + count;
    bool inverted = after < q->r->tokens.count &&
                    (q->r->tokens.items[after].flags & TOKEN_CLITIC) &&
                    word_has(q, after, WORD_SELF) && word_has(q, after, WORD_PRONOUN);
    bool led = g->start > 0 && word_has(q, g->start - 1, WORD_SELF) &&
               word_has(q, g->start - 1, WORD_PRONOUN);
    return f->first_or_second && (inverted || led);
}

/* Which form the verb has here; -1 when it isn't one. */
static int form_here(const struct quoting *q, uint32_t verb, uint32_t count,
                     const struct reading_of_form *f, const struct group *g)
{
    if (f->participle && g->auxiliary != NO_INDEX) {
        bool passive = g->been || (!g->have && !g->reflexive);
        return passive ? CUE_PASSIVE : CUE_COMPOUND;
    }
    bool finite = f->finite || is_first_person(q, verb, count, f, g);
    if (finite && !noun_here(q, verb, f->letters, g) && g->auxiliary == NO_INDEX) {
        return CUE_FINITE;
    }
    bool due = g->carrier != NO_INDEX && g->carrier > 0 && word_has(q, g->carrier, WORD_TO) &&
               word_has(q, g->carrier - 1, WORD_BE); /* "il est à noter que" */
    if (f->infinitive && g->carrier != NO_INDEX && !due) {
        return CUE_INFINITIVE;
    }
    if (f->gerund && g->auxiliary == NO_INDEX) {
        return CUE_GERUND;
    }
    if (f->gerund && g->auxiliary != NO_INDEX && !g->have) {
        return CUE_COMPOUND; /* "is saying" */
    }
    bool opens =
        verb == 0 || q->r->tokens.items[verb - 1].sentence != q->r->tokens.items[verb].sentence;
    if (f->participle && opens && word_has(q, verb + 1, WORD_THAT)) {
        return CUE_PARTICIPLE; /* "Convaincu que « … », X …" */
    }
    if (f->participle && !(f->letters & LETTER('w')) && word_has(q, verb + 1, WORD_BY)) {
        return CUE_PASSIVE; /* "des dégâts estimés par la maire" */
    }
    return f->participle && shares_auxiliary(q, verb) ? CUE_COMPOUND : -1;
}

static void cue_add(struct quoting *q, uint32_t verb, uint32_t count,
                    const struct reading_of_form *f, const struct group *g, enum cue_form form)
{
    struct verb_cue *c = ARENA_PUSH(q->r->arena, &q->cues);
    uint32_t first = g->auxiliary != NO_INDEX ? g->auxiliary : verb;
    *c = (struct verb_cue){.group = g->start,
                           .first = first,
                           .end = verb + count,
                           .clitic = g->clitic,
                           .letters = f->letters,
                           .form = (uint8_t)form,
                           .lemma = f->lemma,
                           .class = f->class,
                           .reflexive = g->reflexive,
                           .plural = f->plural,
                           .singular = f->singular};
    c->negated = g->refuses || (g->negates_fully) || (g->negates && g->negates_fully);
    bool idiom = (c->letters & LETTER('z')) != 0; /* "ne décolère pas": says so */
    c->restricted = !idiom && g->negates && !c->negated && !word_has(q, c->end, WORD_NEGATION_PART);
    c->conditional = g->conditional || (f->conditional && !f->indicative && form == CUE_FINITE);
    uint32_t after = c->end;
    if (form == CUE_FINITE && after < q->r->tokens.count &&
        (q->r->tokens.items[after].flags & TOKEN_CLITIC) && word_has(q, after, WORD_PRONOUN)) {
        c->clitic = after;
        c->end = after + 1;
    }
    if (form == CUE_FINITE && !c->negated && word_has(q, c->end, WORD_NEGATES_FULLY) &&
        g->negates) {
        c->negated = true;
    }
    c->negated &= !idiom;
    uint32_t index = (uint32_t)(q->cues.count - 1);
    for (uint32_t t = c->first; t < verb + count; t++) {
        q->words[t].cue = index;
    }
}

#define SPLIT_MOST 6u /* tokens of a verb of several words with its pronoun between */

/* "fait-elle valoir": a verb of several words around its inverted pronoun; how many tokens, 0: none. */
static uint32_t split_match(const struct quoting *q, uint32_t verb, struct slice *value)
{
    const struct tokens *tokens = &q->r->tokens;
    char key[96];
    size_t len = tokens->items[verb].lower.len;
    bool inverted = verb + 2 < tokens->count && (tokens->items[verb + 1].flags & TOKEN_CLITIC) &&
                    word_has(q, verb + 1, WORD_PRONOUN);
    uint32_t found = 0;
    for (uint32_t i = verb + 2; inverted && i < tokens->count && i < verb + SPLIT_MOST; i++) {
        struct slice word = tokens->items[i].lower, v;
        if (len + word.len + 1 > sizeof key ||
            tokens->items[i].block != tokens->items[verb].block) {
            break;
        }
        if (i == verb + 2) {
            memcpy(key, tokens->items[verb].lower.ptr, len);
        }
        key[len] = ' ';
        memcpy(key + len + 1, word.ptr, word.len);
        len += word.len + 1;
        if (pack_find(&q->cue_verbs, slice_of(key, len), &v)) {
            *value = v;
            found = i + 1 - verb;
        }
    }
    return found;
}

/* The verb that starts at the token, of one word or several: how many tokens, 0: none. */
static uint32_t verb_at(const struct quoting *q, uint32_t i, struct slice *value, bool *split)
{
    if (q->r->tokens.items[i].kind != TOKEN_WORD || word_has(q, i, WORD_PREPOSITION)) {
        return 0;
    }
    uint32_t n = split_match(q, i, value);
    *split = n > 0;
    return n ? n : table_match(q, &q->cue_verbs, i, (uint32_t)q->r->tokens.count, value);
}

void cues_find(struct quoting *q)
{
    const struct tokens *tokens = &q->r->tokens;
    for (uint32_t i = 0; i < tokens->count; i++) {
        struct slice value;
        bool split = false;
        uint32_t n = verb_at(q, i, &value, &split);
        bool inside_name = i > 0 && (tokens->items[i].flags & TOKEN_CAPITAL) &&
                           word_is_plain(q, i - 1) &&
                           tokens->items[i - 1].sentence == tokens->items[i].sentence &&
                           q->r->document->blocks[tokens->items[i].block].kind == BLOCK_PARAGRAPH;
        if (n == 0 || inside_name || (q->r->name_at && q->r->name_at[i] != NO_INDEX)) {
            continue;
        }
        struct slice rest = value;
        while (slice_present(rest)) {
            struct reading_of_form f = form_read(slice_cut(&rest, '\n'));
            struct group g = group_before(q, i, f.infinitive && !f.finite);
            int form = form_here(q, i, n, &f, &g);
            if (form == -1 && f.infinitive && f.finite) {
                g = group_before(q, i, true);
                form = form_here(q, i, n, &f, &g);
            }
            bool unsaid = (f.letters & LETTER('z')) && !(g.negates || g.negates_fully);
            if (form >= 0 && !unsaid && !((f.letters & LETTER('r')) && !g.reflexive)) {
                g.clitic = split ? i + 1 : g.clitic;
                cue_add(q, i, n, &f, &g, (enum cue_form)form);
                break;
            }
        }
    }
}
