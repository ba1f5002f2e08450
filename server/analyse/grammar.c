/* Closed-class words: what the language's tables say of every token, once per analysis. */
#include "analyse/quoting.h"

#include <assert.h>

#include "text/utf8.h"

/* Words of table `grammar` → bits. Sorted by name. */
static const struct {
    const char *name;
    uint8_t flag;
} grammar_names[] = {
    {"adv", WORD_ADVERB},
    {"and", WORD_AND},
    {"as", WORD_AS},
    {"be", WORD_BE},
    {"been", WORD_BEEN},
    {"before", WORD_BEFORE},
    {"but", WORD_BUT},
    {"by", WORD_BY},
    {"cond", WORD_CONDITIONAL},
    {"contracted", WORD_CONTRACTED},
    {"coord", WORD_COORDINATES},
    {"dem", WORD_DEMONSTRATIVE},
    {"det", WORD_DET},
    {"expl", WORD_EXPLETIVE},
    {"f", WORD_FEMININE},
    {"fin", WORD_FINITE},
    {"fin_hint", WORD_SUBJECT_LIKE},
    {"genitive", WORD_GENITIVE},
    {"have", WORD_HAVE},
    {"impers", WORD_IMPERSONAL},
    {"indef", WORD_INDEFINITE},
    {"inf", WORD_INFINITIVE_MARK},
    {"infprep", WORD_INFINITIVE_PREPOSITION},
    {"m", WORD_MASCULINE},
    {"modal", WORD_MODAL},
    {"neg", WORD_NEGATES},
    {"neg2", WORD_NEGATION_PART},
    {"negstrong", WORD_NEGATES_FULLY},
    {"nominal", WORD_NOMINAL},
    {"nonfin", WORD_NOT_FINITE},
    {"num", WORD_NUMERAL},
    {"obj", WORD_OBJECT},
    {"of", WORD_OF},
    {"p", WORD_PLURAL},
    {"poss", WORD_POSSESSIVE},
    {"prep", WORD_PREPOSITION},
    {"refl", WORD_REFLEXIVE},
    {"refuse", WORD_REFUSES},
    {"rel", WORD_RELATIVE},
    {"relsubj", WORD_RELATIVE_SUBJECT},
    {"s", WORD_SINGULAR},
    {"same", WORD_SAME},
    {"self", WORD_SELF},
    {"sub", WORD_SUBORDINATES},
    {"that", WORD_THAT},
    {"time", WORD_TIME},
    {"title", WORD_TITLE},
    {"to", WORD_TO},
    {"whether", WORD_WHETHER},
};
#define GRAMMAR_NAMES (sizeof grammar_names / sizeof grammar_names[0])

static uint64_t grammar_bits(struct slice value)
{
    uint64_t bits = 0;
    struct slice rest = value;
    while (slice_present(rest)) {
        struct slice word = slice_cut(&rest, ' ');
        for (size_t i = 0; i < GRAMMAR_NAMES; i++) {
            const char *name = grammar_names[i].name;
            if (word.len && word.ptr[0] == name[0] && slice_is(word, name)) {
                bits |= UINT64_C(1) << grammar_names[i].flag;
                break;
            }
        }
    }
    return bits;
}

static uint64_t bit(enum word_flag flag)
{
    return UINT64_C(1) << flag;
}

static uint64_t gender_bits(struct slice gender)
{
    return slice_is(gender, "m")   ? bit(WORD_MASCULINE)
           : slice_is(gender, "f") ? bit(WORD_FEMININE)
                                   : 0;
}

/* A word that is looked for in many tables: hashed once. */
struct asked_word {
    struct slice key;
    uint64_t hash, tables; /* tables: that may have it */
};

static struct asked_word asked_word(const struct quoting *q, struct slice key, uint64_t hash)
{
    return (struct asked_word){key, hash, pack_tables_with(q->r->pack, hash)};
}

static unsigned look(const struct pack_table *table, const struct asked_word *w, struct slice *v)
{
    return w->tables & table->bit ? pack_look_hashed(table, w->key, w->hash, v) : 0;
}

static bool found(const struct pack_table *table, const struct asked_word *w, struct slice *v)
{
    return look(table, w, v) & PACK_FOUND;
}

static uint64_t nominal_bits(const struct quoting *q, const struct asked_word *w)
{
    struct slice key = w->key;
    uint64_t bits = 0;
    struct slice v;
    if (found(&q->person_nouns, w, &v) || found(&q->functions, w, &v)) {
        bits |= bit(WORD_PERSON) | gender_bits(pack_column(v, 0));
    }
    if (found(&q->anonymous, w, &v)) {
        bits |= bit(WORD_ANONYMOUS);
        bits |= slice_is(pack_column(v, 2), "strong") ? bit(WORD_ANONYMOUS_STRONG) : 0;
        bits |= slice_is(pack_column(v, 0), "p") ? bit(WORD_PLURAL) : bit(WORD_SINGULAR);
    }
    if (found(&q->collectives, w, &v)) {
        bool anaphor = slice_is(pack_column(v, 2), "anaphor");
        bits |= slice_is(pack_column(v, 2), "body") ? bit(WORD_BODY)
                : anaphor                           ? bit(WORD_BODY) | bit(WORD_ANAPHOR)
                                                    : bit(WORD_COLLECTIVE) | bit(WORD_PLURAL);
    }
    size_t ending = q->plural_ending.len;
    if (!bits && ending && key.len > ending + 3 && slice_ends(key, q->plural_ending)) {
        struct slice one = slice_of(key.ptr, key.len - ending); /* "figures", "leaders" */
        bits |= pack_find(&q->person_nouns, one, &v) || pack_find(&q->functions, one, &v)
                    ? bit(WORD_COLLECTIVE) | bit(WORD_PLURAL)
                    : 0;
    }
    if (found(&q->documents, w, &v)) {
        bits |= slice_is(pack_column(v, 2), "survey") ? bit(WORD_SURVEY) : bit(WORD_DOCUMENT);
    }
    return bits;
}

static struct slice convention(const struct quoting *q, const char *name)
{
    struct slice v;
    return pack_find(&q->conventions, slice_cstr(name), &v) ? pack_column(v, 0) : SLICE_NONE;
}

/* The form to look up: without soft hyphens, and with the apostrophe that a mark parted from it (qu’« … »). */
static struct slice word_key(const struct quoting *q, uint32_t i)
{
    const struct token *t = &q->r->tokens.items[i];
    struct slice key = t->lower;
    bool soft = memchr(key.ptr, 0xc2, key.len) && slice_find(key, SLICE("\xc2\xad"), 0) != SIZE_MAX;
    bool parted = i + 1 < q->r->tokens.count && !(t[1].flags & TOKEN_SPACE_BEFORE) &&
                  t[1].start_byte == t->end_byte && word_is_any(q, i + 1, "' ’") &&
                  word_is_any(q, i + 2, "« “ \" „ <<");
    if (!soft && !parted) {
        return key;
    }
    char *out = arena_alloc(q->r->arena, key.len + 2);
    size_t len = 0;
    for (size_t k = 0; k < key.len; k++) {
        if (k + 1 < key.len && memcmp(key.ptr + k, "\xc2\xad", 2) == 0) {
            k++;
        } else {
            out[len++] = key.ptr[k];
        }
    }
    if (parted) {
        out[len++] = '\'';
    }
    return slice_of(out, len);
}

/* What a word's form says, wherever it stands. */
struct form {
    struct slice key;
    uint64_t flags;
    uint8_t starts;
    bool capital;
};

static uint8_t starts_of(const struct quoting *q, const struct asked_word *w)
{
    const struct pack_table *tables[] = {&q->cue_verbs, &q->cue_prepositions, &q->cue_phrases,
                                         &q->channels,  &q->relays,           &q->pronouns};
    uint8_t starts = 0;
    struct slice v;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (look(tables[i], w, &v) & (PACK_FOUND | PACK_LONGER)) {
            starts |= (uint8_t)(1u << i);
        }
    }
    return starts;
}

/* "co-auteur", "ex-ministre": a person as the last part says. */
static uint64_t compound_bits(const struct quoting *q, struct slice key)
{
    for (size_t k = key.len; k-- > 1;) {
        if (key.ptr[k] == '-') {
            struct slice last = slice_of(key.ptr + k + 1, key.len - k - 1);
            struct asked_word w = asked_word(q, last, pack_key_hash(last));
            uint64_t bits = nominal_bits(q, &w);
            return bits & (bit(WORD_PERSON) | bit(WORD_MASCULINE) | bit(WORD_FEMININE));
        }
    }
    return 0;
}

static uint64_t flags_of(const struct quoting *q, const struct asked_word *w, bool capital)
{
    struct slice key = w->key;
    struct slice v;
    uint64_t bits = found(&q->grammar, w, &v) ? grammar_bits(v) : 0;
    if (found(&q->pronouns, w, &v)) {
        bits |= bit(WORD_PRONOUN);
    }
    if (!(bits & (bit(WORD_DET) | bit(WORD_PREPOSITION)))) {
        bits |= nominal_bits(q, w);
        bits |= bits & bit(WORD_PERSON) ? 0 : compound_bits(q, key);
        bits |= found(&q->finite_verbs, w, &v) ? bit(WORD_FINITE_VERB) : 0;
        bits |= found(&q->cue_nouns, w, &v) ? bit(WORD_CUE_NOUN) : 0;
    }
    if (slice_present(q->adverb_endings) && !bits && !capital &&
        slice_ends_any(key, q->adverb_endings)) {
        bits |= bit(WORD_ADVERB);
    }
    if (slice_present(q->finite_endings) && !bits && !capital &&
        slice_ends_any(key, q->finite_endings)) {
        bits |= bit(WORD_FINITE_FORM);
    }
    if (slice_present(q->gerund_endings) && !bits && !capital &&
        slice_ends_any(key, q->gerund_endings)) {
        bits |= bit(WORD_GERUND_FORM);
    }
    if (slice_present(q->infinitive_endings) && !bits &&
        slice_ends_any(key, q->infinitive_endings)) {
        bits |= bit(WORD_INFINITIVE_FORM);
    }
    return bits;
}

#define FORMS 1024u /* cached: a text's words repeat */

/* Entries that hold for a word only beside its neighbour: "d'autres" is a determiner, a capital "A" without its accent a
 * preposition unless a pronoun hangs on it ("A-t-il"). */
static void neighbours_read(struct quoting *q, uint32_t i)
{
    const struct token *t = &q->r->tokens.items[i];
    bool more = i + 1 < q->r->tokens.count;
    char key[48];
    struct slice v;
    if (more && t->lower.len < 4 && t->lower.ptr[t->lower.len - 1] == '\'' &&
        t->lower.len + t[1].lower.len + 1 < sizeof key) {
        size_t len = t->lower.len;
        memcpy(key, t->lower.ptr, len);
        key[len++] = ' ';
        memcpy(key + len, t[1].lower.ptr, t[1].lower.len);
        if (pack_find(&q->grammar, slice_of(key, len + t[1].lower.len), &v)) {
            q->words[i].flags = grammar_bits(v);
        }
    }
    bool alone =
        t->lower.len == 1 && (t->flags & TOKEN_CAPITAL) && !(more && (t[1].flags & TOKEN_CLITIC));
    if (alone) {
        key[0] = '~';
        key[1] = t->lower.ptr[0];
        q->words[i].flags =
            pack_find(&q->grammar, slice_of(key, 2), &v) ? grammar_bits(v) : q->words[i].flags;
    }
}

/* "soupire la Ghlinoise": a capital behind the article of one, with the ending of a town's people. */
static void inhabitant_read(struct quoting *q, uint32_t i)
{
    bool one = i > 0 && word_has(q, i - 1, WORD_DET) && !word_has(q, i - 1, WORD_PLURAL);
    bool name = q->r->name_at && q->r->name_at[i] != NO_INDEX;
    if (!one || name || !word_is_capital(q, i) || q->words[i].flags) {
        return;
    }
    struct slice key = q->r->tokens.items[i].lower;
    bool man = slice_ends_any(key, q->inhabitant_endings[0]),
         woman = slice_ends_any(key, q->inhabitant_endings[1]);
    if (man || woman) {
        q->words[i].flags = bit(WORD_PERSON) | bit(man ? WORD_MASCULINE : WORD_FEMININE);
    }
}

void grammar_read(struct quoting *q)
{
    q->infinitive_endings = convention(q, "infinitive_ending");
    q->finite_endings = convention(q, "finite_ending");
    q->gerund_endings = convention(q, "gerund_ending");
    q->plural_ending = convention(q, "plural_ending");
    q->inhabitant_endings[0] = convention(q, "inhabitant_ending_m");
    q->inhabitant_endings[1] = convention(q, "inhabitant_ending_f");
    q->adverb_endings = convention(q, "adverb_ending");
    q->joins_halves = slice_present(convention(q, "join_halves"));
    q->bare_subjects = slice_present(convention(q, "bare_noun_subject"));
    q->that_may_lack = slice_present(convention(q, "that_may_lack"));
    struct form *forms = ARENA_ARRAY(q->r->arena, struct form, FORMS);
    for (uint32_t i = 0; q->r->pack && i < q->r->tokens.count; i++) {
        const struct token *t = &q->r->tokens.items[i];
        if (t->kind != TOKEN_WORD) {
            continue;
        }
        struct slice key = word_key(q, i);
        bool capital = (t->flags & TOKEN_CAPITAL) != 0;
        uint64_t hash = pack_key_hash(key);
        struct form *f = &forms[hash % FORMS];
        if (!slice_present(f->key) || !slice_equal(f->key, key) || f->capital != capital) {
            struct asked_word w = asked_word(q, key, hash);
            *f = (struct form){key, flags_of(q, &w, capital), starts_of(q, &w), capital};
        }
        q->words[i].flags = f->flags;
        q->words[i].starts = f->starts;
        neighbours_read(q, i);
        if (slice_present(q->inhabitant_endings[0])) {
            inhabitant_read(q, i);
        }
    }
}

bool word_is_mark(const struct quoting *q, uint32_t token, const char *mark)
{
    return token < q->r->tokens.count && slice_is(reading_token_text(q->r, token), mark);
}

bool word_is_any(const struct quoting *q, uint32_t token, const char *marks)
{
    if (token >= q->r->tokens.count || q->r->tokens.items[token].kind == TOKEN_WORD) {
        return false;
    }
    struct slice text = reading_token_text(q->r, token);
    for (const char *mark = marks; *mark; mark += *mark == ' ') {
        size_t same = 0;
        while (same < text.len && mark[same] && mark[same] == text.ptr[same]) {
            same++;
        }
        if (same == text.len && (mark[same] == ' ' || !mark[same])) {
            return true;
        }
        while (*mark && *mark != ' ') {
            mark++;
        }
    }
    return false;
}

bool word_ends_sentence(const struct quoting *q, uint32_t token)
{
    return word_is_any(q, token, ". ! ? … ... ?! !! !!! ??");
}

bool word_is_plain(const struct quoting *q, uint32_t token)
{
    return token < q->r->tokens.count && q->r->tokens.items[token].kind <= TOKEN_NUMBER;
}

bool word_is_capital(const struct quoting *q, uint32_t token)
{
    return token < q->r->tokens.count && (q->r->tokens.items[token].flags & TOKEN_CAPITAL);
}

bool word_is_finite(const struct quoting *q, uint32_t token)
{
    if (token >= q->r->tokens.count) {
        return false;
    }
    uint64_t f = q->words[token].flags;
    if (HAS(f, WORD_NOT_FINITE)) {
        return false;
    }
    if (HAS(f, WORD_FINITE) || HAS(f, WORD_FINITE_VERB)) {
        return true;
    }
    uint32_t c = q->words[token].cue;
    return c != NO_INDEX && q->cues.items[c].form <= CUE_COMPOUND;
}

#define MATCH_MOST 8u /* words of the longest table entry */

static bool may_start(const struct quoting *q, const struct pack_table *table, uint32_t token)
{
    const struct pack_table *tables[] = {&q->cue_verbs, &q->cue_prepositions, &q->cue_phrases,
                                         &q->channels,  &q->relays,           &q->pronouns};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (tables[i] == table) {
            return q->words[token].starts & 1u << i;
        }
    }
    return true;
}

uint32_t table_match(const struct quoting *q, const struct pack_table *table, uint32_t token,
                     uint32_t end, struct slice *value)
{
    if (token >= end || token >= q->r->tokens.count || !may_start(q, table, token)) {
        return 0;
    }
    char key[160];
    size_t len = 0;
    uint32_t best = 0;
    for (uint32_t n = 0; n < MATCH_MOST && token + n < end && token + n < q->r->tokens.count; n++) {
        struct slice lower = q->r->tokens.items[token + n].lower;
        if (len + lower.len + 1 > sizeof key) {
            break;
        }
        if (n) {
            key[len++] = ' ';
        }
        memcpy(key + len, lower.ptr, lower.len);
        len += lower.len;
        struct slice k = slice_of(key, len), v;
        if (pack_find(table, k, &v)) {
            best = n + 1;
            if (value) {
                *value = v;
            }
        }
        if (!pack_prefix(table, k)) {
            break;
        }
    }
    return best;
}

struct span tokens_span(const struct quoting *q, uint32_t first, uint32_t end)
{
    assert(first < end && end <= q->r->tokens.count);
    return (struct span){q->r->tokens.items[first].start_byte,
                         q->r->tokens.items[end - 1].end_byte};
}
