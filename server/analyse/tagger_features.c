/* What the tagger looks at. A change here needs newly trained weights: bump TAGGER_VERSION. */
#include "analyse/tagger.h"
#include "text/utf8.h"

#define NEAR_CAPITAL 6 /* tokens around a capital that are worth tagging */

enum shape {
    SHAPE_LOWER,
    SHAPE_CAPITAL,
    SHAPE_CAPS,
    SHAPE_INITIAL,
    SHAPE_MIXED,
    SHAPE_NUMBER,
    SHAPE_ALNUM,
    SHAPE_PUNCTUATION,
    SHAPE_OPENING,
    SHAPE_CLOSING,
    SHAPE_FINAL,
    SHAPE_COMMA,
    SHAPE_DASH,
    SHAPE_EDGE
};

/* Everything of one token that features are made of. */
struct cell {
    uint32_t word, form; /* hashes: lower case, as printed */
    uint32_t prefix[3];  /* of 2, 3, 4 letters */
    uint32_t suffix[3];
    uint32_t bits, begin, inner;
    uint16_t cluster[3];
    uint8_t shape, common, in_marks, in_brackets;
    uint8_t run_at, run_length; /* place in a run of capitalised words */
    uint8_t document;           /* DOC_… */
    bool first;                 /* of its sentence, opening marks aside */
    bool loud;                  /* its sentence is all capitals */
};

enum { DOC_LOWER = 1, DOC_TITLED = 2, DOC_NAMED = 4, DOC_LOCATED = 8 };

struct tagger_view {
    const struct reading *r;
    struct cell *cells;
    uint32_t *sentence_of; /* index per token is token.sentence */
    bool quiet;            /* sentences in capitals are read as if written normally */
};

static const struct cell edge = {.shape = SHAPE_EDGE};

#define HASH_START 2166136261U

static uint32_t hash_on(uint32_t h, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        h = (h ^ (uint8_t)text.ptr[i]) * 16777619U;
    }
    return h;
}

uint32_t tagger_hash(struct slice text)
{
    uint32_t h = hash_on(HASH_START, text);
    return h ? h : 1;
}

static uint32_t mix(uint32_t template_number, uint32_t a, uint32_t b)
{
    uint64_t x = ((uint64_t)a << 32 | b) ^ (uint64_t)template_number * 0x9E3779B97F4A7C15ULL;
    x ^= x >> 31;
    x *= 0xBF58476D1CE4E5B9ULL;
    x ^= x >> 29;
    x *= 0x94D049BB133111EBULL;
    x ^= x >> 32;
    return (uint32_t)x ? (uint32_t)x : 1;
}

uint32_t tagger_slot(const uint32_t *keys, uint32_t slots, uint32_t key)
{
    uint32_t at = tagger_first_slot(slots, key);
    while (keys[at] && keys[at] != key) {
        at = at + 1 == slots ? 0 : at + 1;
    }
    return at;
}

static bool find_cluster(const struct tagger_model *model, uint32_t hash, uint16_t out[3])
{
    if (!model || !model->cluster_slots) {
        return false;
    }
    uint32_t at = tagger_slot(model->cluster_keys, model->cluster_slots, hash);
    if (!model->cluster_keys[at]) {
        return false;
    }
    memcpy(out, model->clusters + (size_t)at * 3, 3 * sizeof *out);
    return true;
}

static uint8_t shape_of(const struct token *t, struct slice text)
{
    if (t->kind == TOKEN_NUMBER) {
        return SHAPE_NUMBER;
    }
    if (t->kind == TOKEN_WORD) {
        if (t->flags & TOKEN_INITIAL) {
            return SHAPE_INITIAL;
        }
        if (t->flags & TOKEN_HAS_DIGIT) {
            return SHAPE_ALNUM;
        }
        if (t->flags & TOKEN_ALL_CAPS) {
            return SHAPE_CAPS;
        }
        if (t->flags & TOKEN_CAPITAL) {
            return SHAPE_CAPITAL;
        }
        for (size_t i = 0; i < text.len; i++) {
            if (text.ptr[i] >= 'A' && text.ptr[i] <= 'Z') {
                return SHAPE_MIXED; /* iPhone, eBay */
            }
        }
        return SHAPE_LOWER;
    }
    static const char marks[] = ",.!?()[]-/";
    static const uint8_t shapes[] = {SHAPE_COMMA,   SHAPE_FINAL,   SHAPE_FINAL,   SHAPE_FINAL,
                                     SHAPE_OPENING, SHAPE_CLOSING, SHAPE_OPENING, SHAPE_CLOSING,
                                     SHAPE_DASH,    SHAPE_DASH};
    const char *mark = text.len == 1 ? strchr(marks, text.ptr[0]) : NULL;
    return mark && *mark ? shapes[mark - marks] : SHAPE_PUNCTUATION;
}

/* Hashes of the first and last 2, 3, 4 letters: each beginning goes on from the shorter one. */
static void read_affixes(struct cell *c, struct slice word)
{
    size_t from = 0, to = word.len;
    uint32_t prefix = HASH_START;
    for (int letters = 1; letters <= 4; letters++) {
        if (from < word.len) {
            size_t begin = from;
            utf8_decode(word, begin, &from);
            prefix = hash_on(prefix, slice_of(word.ptr + begin, from - begin));
        }
        if (to > 0) {
            utf8_decode_before(word, to, &to);
        }
        if (letters > 1) {
            c->prefix[letters - 2] = prefix ? prefix : 1;
            c->suffix[letters - 2] = tagger_hash(slice_of(word.ptr + to, word.len - to));
        }
    }
}

static void read_cell(struct tagger_view *v, const struct lexicon *lexicon, uint32_t i)
{
    const struct token *t = &v->r->tokens.items[i];
    struct slice text = reading_token_text(v->r, i);
    struct cell *c = &v->cells[i];
    c->shape = shape_of(t, text);
    c->word = t->kind == TOKEN_NUMBER ? 7 + (uint32_t)text.len : tagger_hash(t->lower);
    c->form = tagger_hash(text);
    c->bits = lexicon->bits[i] & LEX_TAGGER;
    c->begin = lexicon->begin[i] & LEX_TAGGER;
    c->inner = lexicon->inner[i] & LEX_TAGGER;
    c->common = lexicon->common[i];
    if (t->kind == TOKEN_WORD) {
        read_affixes(c, t->lower);
    }
}

static void read_cluster(struct cell *c, const struct tagger_model *model)
{
    if (!find_cluster(model, c->form, c->cluster) && c->form != c->word) {
        find_cluster(model, c->word, c->cluster);
    }
}

/* Clusters are far apart in memory: all are asked for before the first is read. */
static void read_clusters(struct tagger_view *v, const struct tagger_model *model)
{
    const struct token *tokens = v->r->tokens.items;
    if (!model || !model->cluster_slots) {
        return;
    }
    for (uint32_t i = 0; i < v->r->tokens.count; i++) {
        uint32_t at = tagger_first_slot(model->cluster_slots, v->cells[i].form);
        __builtin_prefetch(model->cluster_keys + at);
        __builtin_prefetch(model->clusters + (size_t)at * 3);
    }
    for (uint32_t i = 0; i < v->r->tokens.count; i++) {
        if (tokens[i].kind == TOKEN_WORD) {
            read_cluster(&v->cells[i], model);
        }
    }
}

static bool is_capital(const struct cell *c)
{
    return c->shape >= SHAPE_CAPITAL && c->shape <= SHAPE_MIXED;
}

/* A capital that may begin a name: at the head of a sentence, a common word alone does not. */
static bool may_be_name(const struct tagger_view *v, uint32_t i, uint32_t end)
{
    const struct cell *c = &v->cells[i];
    if (c->shape == SHAPE_ALNUM) {
        return true;
    }
    if (!is_capital(c)) {
        return false;
    }
    if (!c->first || c->common != 1 || c->shape != SHAPE_CAPITAL) {
        return true;
    }
    return c->bits & ~(uint32_t)LEX_CALENDAR ||
           (i + 1 < end && (is_capital(&v->cells[i + 1]) || v->cells[i + 1].shape == SHAPE_ALNUM));
}

static void read_runs(struct tagger_view *v, const struct sentence *s)
{
    for (uint32_t i = s->first; i < s->end;) {
        if (!is_capital(&v->cells[i])) {
            i++;
            continue;
        }
        uint32_t end = i;
        while (end < s->end && is_capital(&v->cells[end])) {
            end++;
        }
        for (uint32_t k = i; k < end; k++) {
            v->cells[k].run_at = (uint8_t)(k - i < 3 ? k - i : 3);
            v->cells[k].run_length = (uint8_t)(end - i < 5 ? end - i : 5);
        }
        i = end;
    }
}

/* ---- sentences in capitals, for weights that never saw any */

static uint32_t titled_hash(const struct tagger_view *v, uint32_t i)
{
    struct slice text = reading_token_text(v->r, i), lower = v->r->tokens.items[i].lower;
    size_t upper = 0, rest = 0;
    utf8_decode(text, 0, &upper);
    utf8_decode(lower, 0, &rest);
    char *out = arena_alloc(v->r->arena, upper + lower.len);
    memcpy(out, text.ptr, upper);
    memcpy(out + upper, lower.ptr + rest, lower.len - rest);
    return tagger_hash(slice_of(out, upper + lower.len - rest));
}

/* "MAYOR MEETS ANNA GREEN": whether a word would have a capital if it weren't shouted. */
static bool keeps_capital(const struct cell *c, const struct cell *before)
{
    const uint32_t person = LEX_FIRST_NAME | LEX_SURNAME;
    const uint32_t listed = person | LEX_PLACES | LEX_ORGANISATIONS | LEX_CALENDAR | LEX_DEMONYM;
    if (c->common == 1 || c->common == 2) {
        return (c->begin & (LEX_COUNTRY | LEX_CALENDAR | LEX_DEMONYM)) ||
               ((before->bits & LEX_FIRST_NAME) && before->shape == SHAPE_CAPITAL &&
                (c->bits & LEX_SURNAME));
    }
    return c->common == 0 || ((c->bits | c->begin) & listed);
}

static void read_quietly(struct tagger_view *v, const struct tagger_model *model,
                         const struct sentence *s)
{
    for (uint32_t i = s->first; i < s->end; i++) {
        struct cell *c = &v->cells[i];
        if (c->shape != SHAPE_CAPS || ((c->bits & LEX_ORGANISATIONS) && c->common != 1 &&
                                       v->r->tokens.items[i].lower.len < 5)) {
            continue; /* an acronym stays one */
        }
        bool capital = c->first || keeps_capital(c, i > s->first ? &v->cells[i - 1] : &edge);
        c->shape = capital ? SHAPE_CAPITAL : SHAPE_LOWER;
        c->form = capital ? titled_hash(v, i) : c->word;
        read_cluster(c, model);
    }
}

static bool reads_quietly(const struct reading *r)
{
    struct pack_table conventions = pack_table(r->pack, "conventions");
    struct slice value;
    return pack_find(&conventions, SLICE("capitals"), &value) && slice_is(value, "lowered");
}

static void read_sentence(struct tagger_view *v, const struct tagger_model *model,
                          const struct sentence *s)
{
    bool started = false, in_marks = false;
    int brackets = 0, caps = 0, words = 0;
    for (uint32_t i = s->first; i < s->end; i++) {
        const struct token *t = &v->r->tokens.items[i];
        struct cell *c = &v->cells[i];
        if (t->kind == TOKEN_PUNCTUATION) {
            struct slice text = reading_token_text(v->r, i);
            brackets += c->shape == SHAPE_OPENING                   ? 1
                        : c->shape == SHAPE_CLOSING && brackets > 0 ? -1
                                                                    : 0;
            if (slice_is(text, "«") || slice_is(text, "“")) {
                in_marks = true;
            } else if (slice_is(text, "»") || slice_is(text, "”")) {
                in_marks = false;
            } else if (slice_is(text, "\"")) {
                in_marks = !in_marks;
            }
        } else {
            c->first = !started;
            started = true;
            words += t->kind == TOKEN_WORD && t->end_byte - t->start_byte > 2;
            caps +=
                t->kind == TOKEN_WORD && t->end_byte - t->start_byte > 2 && c->shape == SHAPE_CAPS;
        }
        c->in_marks = in_marks;
        c->in_brackets = brackets > 0;
    }
    bool loud = caps > 2 && caps * 10 >= words * 8;
    if (loud && v->quiet) {
        read_quietly(v, model, s);
        loud = false;
    }
    for (uint32_t i = s->first; i < s->end && loud; i++) {
        v->cells[i].loud = true;
    }
    read_runs(v, s);
}

/* How a form is used elsewhere in the document: a small hash table of form → DOC_ flags. */
static void read_document_use(struct tagger_view *v)
{
    size_t count = v->r->tokens.count;
    uint32_t slots = 16;
    while (slots < count * 2) {
        slots *= 2;
    }
    uint32_t *keys = ARENA_ARRAY(v->r->arena, uint32_t, slots);
    uint8_t *flags = ARENA_ARRAY(v->r->arena, uint8_t, slots);
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < count; i++) {
            struct cell *c = &v->cells[i];
            if (v->r->tokens.items[i].kind != TOKEN_WORD || c->common == 1) {
                continue;
            }
            uint32_t at = tagger_slot(keys, slots, c->word);
            if (pass == 1) {
                c->document = flags[at];
                continue;
            }
            keys[at] = c->word;
            const struct cell *before = i > 0 ? &v->cells[i - 1] : &edge;
            bool inside =
                i > 0 && v->r->tokens.items[i - 1].sentence == v->r->tokens.items[i].sentence;
            flags[at] |= (uint8_t)(c->shape == SHAPE_LOWER ? DOC_LOWER : 0);
            if (inside && is_capital(c)) {
                flags[at] |= (uint8_t)((before->bits & LEX_TITLE) && before->shape != SHAPE_LOWER
                                           ? DOC_TITLED
                                           : 0);
                flags[at] |= (uint8_t)((before->bits & LEX_FIRST_NAME) ? DOC_NAMED : 0);
                flags[at] |=
                    (uint8_t)((before->bits & LEX_PLACE_HEAD) && before->shape == SHAPE_LOWER
                                  ? DOC_LOCATED
                                  : 0);
            }
        }
    }
}

struct tagger_view *tagger_view_new(const struct reading *r, const struct lexicon *lexicon,
                                    const struct tagger_model *model)
{
    struct tagger_view *v = ARENA_NEW(r->arena, struct tagger_view);
    v->r = r;
    v->quiet = reads_quietly(r);
    v->cells = ARENA_ARRAY(r->arena, struct cell, r->tokens.count);
    for (uint32_t i = 0; i < r->tokens.count; i++) {
        read_cell(v, lexicon, i);
    }
    read_clusters(v, model);
    for (size_t s = 0; s < r->sentences.count; s++) {
        read_sentence(v, model, &r->sentences.items[s]);
    }
    read_document_use(v);
    return v;
}

bool tagger_next_stretch(const struct tagger_view *v, uint32_t *at, uint32_t *first, uint32_t *end)
{
    size_t count = v->r->tokens.count;
    while (*at < count) {
        const struct sentence *s = &v->r->sentences.items[v->r->tokens.items[*at].sentence];
        uint32_t i = *at > s->first ? *at : s->first;
        while (i < s->end && !may_be_name(v, i, s->end)) {
            i++;
        }
        if (i >= s->end) {
            *at = s->end;
            continue;
        }
        uint32_t last = i;
        for (uint32_t k = i + 1;
             k < s->end && k <= last + 2 * NEAR_CAPITAL && k < i + TAGGER_STRETCH_MOST; k++) {
            if (may_be_name(v, k, s->end)) {
                last = k;
            }
        }
        uint32_t least = *at > s->first ? *at : s->first;
        *first = i > least + NEAR_CAPITAL ? i - NEAR_CAPITAL : least;
        *end = last + NEAR_CAPITAL + 1 < s->end ? last + NEAR_CAPITAL + 1 : s->end;
        *end = *end - *first > TAGGER_STRETCH_MOST ? *first + TAGGER_STRETCH_MOST : *end;
        *at = *end;
        return true;
    }
    return false;
}

struct window {
    const struct cell *before3, *before2, *before, *here, *after, *after2;
    const struct cell *trigger,
        *verb; /* nearest lower-case content word on the left, on the right */
};

static bool is_content(const struct cell *c)
{
    return c->shape == SHAPE_LOWER && !(c->bits & LEX_PARTICLE);
}

static struct window look_around(const struct tagger_view *v, uint32_t i)
{
    const struct sentence *s = &v->r->sentences.items[v->r->tokens.items[i].sentence];
    const struct cell *c = v->cells;
    struct window w = {.here = &c[i], .trigger = &edge, .verb = &edge};
    w.before = i > s->first ? &c[i - 1] : &edge;
    w.before2 = i > s->first + 1 ? &c[i - 2] : &edge;
    w.before3 = i > s->first + 2 ? &c[i - 3] : &edge;
    w.after = i + 1 < s->end ? &c[i + 1] : &edge;
    w.after2 = i + 2 < s->end ? &c[i + 2] : &edge;
    for (uint32_t k = i; k > s->first && k + 6 > i; k--) {
        if (is_content(&c[k - 1]) &&
            v->r->tokens.items[k - 1].end_byte - v->r->tokens.items[k - 1].start_byte > 2) {
            w.trigger = &c[k - 1];
            break;
        }
    }
    for (uint32_t k = i + 1; k < s->end && k < i + 6; k++) {
        if (is_content(&c[k]) &&
            v->r->tokens.items[k].end_byte - v->r->tokens.items[k].start_byte > 2) {
            w.verb = &c[k];
            break;
        }
    }
    return w;
}

struct out {
    uint32_t *keys;
    size_t count;
};

static void add(struct out *o, uint32_t template_number, uint32_t a, uint32_t b)
{
    o->keys[o->count++] = mix(template_number, a, b);
}

static void add_words(struct out *o, const struct window *w)
{
    const struct cell *c = w->here;
    add(o, 1, c->word, 0);
    add(o, 2, w->before->word, 0);
    add(o, 3, w->after->word, 0);
    add(o, 4, w->before2->word, 0);
    add(o, 5, w->after2->word, 0);
    add(o, 6, w->before->word, c->word);
    add(o, 7, c->word, w->after->word);
    add(o, 8, w->before2->word, w->before->word);
    add(o, 9, w->after->word, w->after2->word);
    add(o, 10, w->before->word, c->shape);
    add(o, 11, w->after->word, c->shape);
    add(o, 12, w->trigger->word, c->shape);
    add(o, 13, w->verb->word, c->shape);
    add(o, 14, c->word, c->shape);
}

static void add_form(struct out *o, const struct window *w)
{
    const struct cell *c = w->here;
    for (uint32_t n = 0; n < 3; n++) {
        add(o, 15 + n, c->prefix[n], c->shape);
        add(o, 18 + n, c->suffix[n], c->shape);
    }
    add(o, 21, w->before->suffix[1], c->shape);
    add(o, 22, w->after->suffix[1], c->shape);
    uint32_t shapes = (uint32_t)(w->before->shape << 8 | c->shape << 4 | w->after->shape);
    add(o, 23, shapes & 0xff0, 0);
    add(o, 24, shapes & 0xff, 0);
    add(o, 25, shapes, 0);
    add(o, 26, shapes, (uint32_t)(w->before2->shape << 4 | w->after2->shape));
    uint32_t state = (uint32_t)(c->first << 1 | c->loud) << 8 | (uint32_t)c->common << 4 | c->shape;
    add(o, 27, state, 0);
    add(o, 28, state, (uint32_t)(w->after->shape << 4 | w->after->common));
    add(o, 29, state, (uint32_t)(c->in_marks << 1 | c->in_brackets));
    add(o, 30, (uint32_t)(c->run_at << 4 | c->run_length), c->shape);
    add(o, 31, (uint32_t)c->document, c->shape);
    add(o, 32, (uint32_t)c->document, (uint32_t)c->common << 8 | c->bits << 16);
}

static void add_clusters(struct out *o, const struct window *w)
{
    const struct cell *c = w->here;
    for (uint32_t level = 0; level < 2; level++) {
        add(o, 40 + level, c->cluster[level], c->shape);
        add(o, 42 + level, w->before->cluster[level], c->shape);
        add(o, 44 + level, w->after->cluster[level], c->shape);
        add(o, 46 + level, w->before2->cluster[level], c->shape);
        add(o, 48 + level, w->after2->cluster[level], c->shape);
        add(o, 50 + level, w->trigger->cluster[level], c->shape);
        add(o, 52 + level, w->verb->cluster[level], c->shape);
    }
    add(o, 54, c->cluster[2], (uint32_t)(c->first << 4 | c->shape));
    add(o, 55, w->before->cluster[1], c->cluster[1]);
    add(o, 56, c->cluster[1], w->after->cluster[1]);
    add(o, 57, w->before->cluster[2], (uint32_t)(w->after->cluster[2] << 8 | c->shape));
}

static void add_lexicon(struct out *o, const struct window *w)
{
    const struct cell *c = w->here;
    for (uint32_t bit = 0; bit < LEX_BITS; bit++) {
        uint32_t one = 1u << bit;
        if (c->bits & one) {
            add(o, 60, bit,
                (uint32_t)(((c->begin & one) != 0) << 5 | ((c->inner & one) != 0) << 4 | c->shape));
        }
        if (w->before->bits & one) {
            add(o, 61, bit, (uint32_t)(w->before->shape << 4 | c->shape));
        }
        if (w->after->bits & one) {
            add(o, 62, bit, (uint32_t)(w->after->shape << 4 | c->shape));
        }
    }
    add(o, 63, c->bits, c->shape);
    add(o, 64, c->bits, w->before->bits);
    add(o, 65, c->bits, w->after->bits);
    add(o, 66, c->begin, c->inner);
    add(o, 67, c->bits, (uint32_t)(c->common << 1 | c->first));
    add(o, 68, w->before2->bits, w->before->bits);
    add(o, 69, w->trigger->bits, c->bits);
    add(o, 70, w->before->word, c->bits);
}

size_t tagger_features(const struct tagger_view *v, uint32_t token,
                       uint32_t keys[TAGGER_FEATURES_MOST])
{
    struct window w = look_around(v, token);
    struct out o = {keys, 0};
    add(&o, 0, 0, 0);
    add_words(&o, &w);
    add_form(&o, &w);
    add_clusters(&o, &w);
    add_lexicon(&o, &w);
    return o.count;
}
