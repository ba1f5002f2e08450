/* Whether a description can be said of a person: what the noun means against the titles that the text gives him. A suspect isn't
 * the magistrate, and the neighbour isn't whoever the article is about.
 */
#include "analyse/quoting.h"
#include "text/fold.h"

static bool holds_word(struct slice title, struct slice noun)
{
    for (size_t at = slice_find(title, noun, 0); at != SIZE_MAX;
         at = slice_find(title, noun, at + 1)) {
        bool starts = at == 0 || strchr(" '-", title.ptr[at - 1]);
        bool ends = at + noun.len >= title.len || strchr(" ',-", title.ptr[at + noun.len]);
        if (starts && ends) {
            return true;
        }
    }
    return false;
}

/* "ADE" and "directeur de l'Algérienne des eaux": the letters begin words in a row; short words may be passed over. */
static bool spells(struct slice words, struct slice letters)
{
    for (size_t from = 0; from < words.len; from++) {
        size_t at = from, done = 0;
        bool fits = from == 0 || strchr(" '-", words.ptr[from - 1]);
        while (fits && done < letters.len && at < words.len) {
            size_t end = at;
            while (end < words.len && !strchr(" '-", words.ptr[end])) {
                end++;
            }
            fits = words.ptr[at] == letters.ptr[done] || (done > 0 && end - at <= 3);
            done += words.ptr[at] == letters.ptr[done];
            at = end + 1;
        }
        if (fits && done == letters.len) {
            return true;
        }
    }
    return false;
}

/* "président de la Confédération" isn't "le président de la Fevad": what follows de names something else. */
static bool of_another(const struct quoting *q, struct slice title, uint32_t head)
{
    uint32_t i = head + 1;
    if (!word_has(q, i, WORD_OF)) {
        return false;
    }
    while (word_has(q, i, WORD_OF) || word_has(q, i, WORD_DET)) {
        i++;
    }
    uint32_t name = q->r->name_at ? q->r->name_at[i] : NO_INDEX;
    struct pack_table metonyms = pack_table(q->r->pack, "metonyms");
    struct slice v;
    if (name != NO_INDEX && table_match(q, &metonyms, i, q->r->names.items[name].end, &v) > 0) {
        return false; /* "la porte-parole du Quai d'Orsay" is the ministry's */
    }
    struct slice noun = q->r->tokens.items[head].lower;
    size_t at = slice_find(title, noun, 0);
    struct slice rest = at == SIZE_MAX
                            ? SLICE_NONE
                            : slice_of(title.ptr + at + noun.len, title.len - at - noun.len);
    const struct token *named = &q->r->tokens.items[i < q->r->tokens.count ? i : head];
    if ((named->flags & TOKEN_ALL_CAPS) && named->lower.len > 2 && slice_present(rest) &&
        spells(rest, named->lower)) {
        return false;
    }
    return word_is_plain(q, i) && word_is_capital(q, i) && rest.len > 3 &&
           !holds_word(rest, q->r->tokens.items[i].lower) && slice_find(rest, SLICE(" d"), 0) == 0;
}

/* "le président français": a word behind the noun says which one. */
static bool qualified(const struct quoting *q, uint32_t head)
{
    uint32_t next = head + 1;
    bool more = word_is_plain(q, next) && !word_is_finite(q, next) && !word_is_capital(q, next);
    for (int flag = WORD_PREPOSITION; more && flag <= WORD_PRONOUN; flag++) {
        more = !word_has(q, next, (enum word_flag)flag); /* closed-class words qualify nothing */
    }
    return more;
}

float fits_title(const struct quoting *q, const struct entity *e, uint32_t first, uint32_t head)
{
    float best = e->title_count ? -1.0F : 0.0F;
    for (size_t i = 0; i < e->title_count && i < 12; i++) {
        struct slice title = fold_lower(q->r->arena, e->titles[i].text);
        if (!holds_word(title, q->r->tokens.items[head].lower)) {
            best = best < 0 ? 0 : best;
            continue;
        }
        bool more = qualified(q, head);
        bool longer = title.len > q->r->tokens.items[head].lower.len;
        bool agrees = more && holds_word(title, q->r->tokens.items[head + 1].lower);
        bool lacks = false; /* "le Premier ministre" is no other minister */
        for (uint32_t k = first; k < head; k++) {
            lacks |= word_is_plain(q, k) && !word_has(q, k, WORD_DET) &&
                     !word_has(q, k, WORD_ADVERB) &&
                     !holds_word(title, q->r->tokens.items[k].lower);
        }
        float fit = lacks                        ? -0.3F
                    : of_another(q, title, head) ? -0.3F
                    : !more || !longer           ? 1.0F
                    : agrees                     ? 1.4F
                                                 : 0.3F;
        best = fit > best ? fit : best;
    }
    return best < -0.5F ? 0 : best;
}

/* Fields of life as bits, of table `callings`: those of the law and the police know each other. */
static unsigned field_of(const struct quoting *q, struct slice word)
{
    static const struct {
        const char *name;
        unsigned bits;
    } fields[] = {
        {"politics", 1U},   {"justice", 2U | 4U}, {"police", 4U | 2U}, {"army", 8U},
        {"sport", 16U},     {"arts", 32U},        {"science", 64U},    {"health", 64U | 128U},
        {"business", 256U}, {"religion", 512U},
    };
    struct slice v;
    if (!pack_find(&q->callings, word, &v)) {
        return 0;
    }
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (slice_is(pack_column(v, 0), fields[i].name)) {
            return fields[i].bits;
        }
    }
    return 0;
}
#define FIELD_LAW (2U | 4U)

struct holding { /* what the titles of an entity say */
    unsigned fields;
    bool office;
};

static struct holding holding_of(const struct quoting *q, const struct entity *e)
{
    struct holding h = {0, false};
    struct slice v;
    for (size_t i = 0; i < e->title_count && i < 12; i++) {
        struct slice rest = fold_lower(q->r->arena, e->titles[i].text);
        struct slice first = slice_cut(&rest, ' ');
        h.office |= pack_find(&q->person_nouns, first, &v) && slice_is(pack_column(v, 1), "office");
        h.fields |= field_of(q, first);
        while (slice_present(rest)) {
            h.fields |= field_of(q, slice_cut(&rest, ' '));
        }
    }
    return h;
}

/* "Me Lantenay": a form of address that says what he is. */
static unsigned field_before(const struct quoting *q, const struct name *name)
{
    return name->first > 0 ? field_of(q, q->r->tokens.items[name->first - 1].lower) : 0;
}

bool fits_entity(const struct quoting *q, const struct name *name, uint32_t first, uint32_t head,
                 bool known)
{
    const struct entity *e = &q->r->entities.items[name->entity];
    struct slice noun = q->r->tokens.items[head].lower, v;
    struct slice party = table_match(q, &q->person_nouns, head, head + 3, &v) > 0
                             ? pack_column(v, 1)
                             : SLICE_NONE; /* "mère de famille" is no mother of anybody here */
    struct holding h = holding_of(q, e);
    h.fields |= field_before(q, name);
    if (slice_is(party, "bystander")) {
        return false;
    }
    bool inhabitant =
        !slice_present(party) && word_is_capital(q, head) && !pack_find(&q->functions, noun, &v);
    if (slice_is(party, "any") || inhabitant) {
        return true;
    }
    if (slice_is(party, "party")) {
        return (h.fields & FIELD_LAW) == 0;
    }
    unsigned field = field_of(q, noun);
    if (field & FIELD_LAW ? !(field & h.fields) : field && h.fields && !(field & h.fields)) {
        return false; /* a judge or an officer is called so before */
    }
    bool bare = head == first + 1 && !qualified(q, head) && !word_has(q, head + 1, WORD_OF);
    bool calling = bare && word_has(q, first, WORD_DET) && !word_has(q, first, WORD_DEMONSTRATIVE);
    if (calling && slice_is(party, "office")) {
        return known && !h.office;
    }
    return !calling || known || e->mention_count > 1;
}
