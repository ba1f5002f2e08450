/* Mentions → entities: same form, shorter form, acronym. */
#include <stdlib.h>

#include "analyse/gazetteer.h"
#include "analyse/names.h"
#include "text/fold.h"

#define LONGER_TRIED_MOST 32 /* people of one surname: bounds the work on odd texts */

/* All mentions of one form and type. */
struct form {
    struct slice key; /* fold_name_key */
    enum entity_type type;
    uint32_t words;
    uint32_t entity;
    uint32_t count;
    uint32_t first;    /* the name that showed it first */
    struct slice full; /* a fuller form than any printed one, or absent */
};

struct clustering {
    struct naming *n;
    struct form *forms;
    uint32_t form_count;
    uint32_t *form_of;       /* per name */
    struct names_map *exact; /* key → forms */
    struct names_map *tails; /* proper endings of people's names → forms */
    uint32_t *last_seen;     /* per form: the latest name so far, + 1 */
    struct pack_table metonyms;
};

static uint32_t count_words(struct slice key)
{
    uint32_t words = key.len > 0;
    for (size_t i = 0; i < key.len; i++) {
        words += key.ptr[i] == ' ';
    }
    return words;
}

static uint32_t find_form(const struct clustering *c, struct slice key, enum entity_type type)
{
    uint32_t chain = 0;
    for (uint32_t f = names_map_find(c->exact, key, &chain); f != NO_INDEX;
         f = names_map_next(c->exact, &chain)) {
        if (c->forms[f].type == type) {
            return f;
        }
    }
    return NO_INDEX;
}

static void add_tails(struct clustering *c, uint32_t f)
{
    struct slice key = c->forms[f].key;
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] == ' ' && i + 1 < key.len) {
            names_map_add(c->tails, slice_of(key.ptr + i + 1, key.len - i - 1), f);
        }
    }
}

/* "Emmanuel et Brigitte Macron": the first name alone borrows the surname of its partner: its full printed
 * form, or an absent slice. */
static struct slice shared_surname(const struct clustering *c, uint32_t i)
{
    struct naming *n = c->n;
    const struct names *names = &n->r->names;
    const struct name *name = &names->items[i];
    if (name->type != ENTITY_PER || name->end != name->first + 1 || i + 1 >= names->count ||
        !names_same_sentence(n, name->end, name->first) ||
        !(n->lexicon.bits[name->end] & LEX_AND) ||
        !(n->lexicon.bits[name->first] & LEX_FIRST_NAME)) {
        return SLICE_NONE;
    }
    const struct name *partner = &names->items[i + 1];
    if (partner->first != name->end + 1 || partner->type != ENTITY_PER ||
        partner->end - partner->first < 2 || !(n->lexicon.begin[partner->first] & LEX_FIRST_NAME)) {
        return SLICE_NONE;
    }
    struct span rest = {names_token(n, partner->first + 1)->start_byte, partner->span.end_byte};
    struct slice own = reading_text(n->r, name->span), surname = reading_text(n->r, rest);
    return arena_printf(n->r->arena, "%.*s %.*s", SLICE_ARG(own), SLICE_ARG(surname));
}

/* The first letters of an expansion's words, small words aside: what its acronym would be, in fold_key form. */
static struct slice initials_of(const struct clustering *c, const struct name *name,
                                bool small_words)
{
    struct naming *n = c->n;
    struct arena *arena = n->r->arena;
    char *out = arena_alloc(arena, (name->end - name->first) * 2 + 1);
    size_t len = 0;
    for (uint32_t i = name->first; i < name->end; i++) {
        bool small = (n->lexicon.bits[i] &
                      (LEX_OF | LEX_AND | LEX_FOR | LEX_ARTICLE | LEX_PREPOSITION)) != 0;
        struct slice word = fold_key(arena, reading_token_text(n->r, i));
        for (size_t k = 0; k < word.len && (small_words || !small); k++) {
            if (k == 0 || word.ptr[k - 1] == ' ') {
                out[len++] = word.ptr[k];
            }
            if (len + 1 >= (name->end - name->first) * 2) {
                break;
            }
        }
    }
    return slice_of(out, len);
}

static void read_forms(struct clustering *c)
{
    struct reading *r = c->n->r;
    size_t most = r->names.count, words = 0;
    c->forms = ARENA_ARRAY(r->arena, struct form, most);
    c->form_of = ARENA_ARRAY(r->arena, uint32_t, most);
    c->last_seen = ARENA_ARRAY(r->arena, uint32_t, most);
    c->exact = names_map_new(r->arena, most);
    for (uint32_t i = 0; i < most; i++) {
        const struct name *name = &r->names.items[i];
        const struct gazetteer_entry *entry = names_user_entry(c->n, name);
        /* A copy: the analysis may outlive the gazetteer. */
        struct slice full = entry && entry->act == GAZETTEER_ALIAS
                                ? arena_copy(r->arena, entry->canonical)
                                : shared_surname(c, i);
        struct slice key =
            fold_name_key(r->arena, slice_present(full) ? full : reading_text(r, name->span));
        uint32_t f = find_form(c, key, name->type);
        if (f == NO_INDEX) {
            f = c->form_count++;
            c->forms[f] = (struct form){.key = key,
                                        .type = name->type,
                                        .words = count_words(key),
                                        .entity = NO_INDEX,
                                        .first = i,
                                        .full = full};
            names_map_add(c->exact, key, f);
            words += c->forms[f].words;
        }
        c->forms[f].count++;
        c->form_of[i] = f;
    }
    c->tails = names_map_new(r->arena, words);
    for (uint32_t f = 0; f < c->form_count; f++) {
        if (c->forms[f].type == ENTITY_PER && c->forms[f].words > 1) {
            add_tails(c, f);
        }
    }
}

static uint32_t new_entity(struct clustering *c, enum entity_type type)
{
    struct reading *r = c->n->r;
    struct entity *e = ARENA_PUSH(r->arena, &r->entities);
    e->type = type;
    return (uint32_t)(r->entities.count - 1);
}

static enum gender table_gender(struct pack_table table, struct slice key)
{
    struct slice value;
    if (!pack_find(&table, key, &value)) {
        return GENDER_UNKNOWN;
    }
    struct slice g = pack_column(value, 0);
    return slice_is(g, "m")   ? GENDER_MASCULINE
           : slice_is(g, "f") ? GENDER_FEMININE
                              : GENDER_UNKNOWN;
}

/* By the title of address in front ("Mme Le Pen"). */
static enum gender address_gender(const struct clustering *c, const struct name *name)
{
    if (name->first == 0 || !names_same_sentence(c->n, name->first - 1, name->first)) {
        return GENDER_UNKNOWN;
    }
    return table_gender(pack_table(c->n->r->pack, "person_titles"),
                        names_token(c->n, name->first - 1)->lower);
}

/* By the first name of a full form ("Marine Le Pen"). */
static enum gender form_gender(const struct clustering *c, uint32_t f)
{
    uint32_t first = c->n->r->names.items[c->forms[f].first].first;
    return table_gender(pack_table(c->n->r->pack, "first_names"), names_token(c->n, first)->lower);
}

static bool clash(enum gender a, enum gender b)
{
    return a != GENDER_UNKNOWN && b != GENDER_UNKNOWN && a != b;
}

/* The longer name that a short one stands for: the latest before it, else the most frequent. */
static uint32_t longer_form(const struct clustering *c, uint32_t f, enum gender gender)
{
    uint32_t chain = 0, best = NO_INDEX, tried = 0;
    for (uint32_t g = names_map_find(c->tails, c->forms[f].key, &chain); g != NO_INDEX;
         g = ++tried < LONGER_TRIED_MOST ? names_map_next(c->tails, &chain) : NO_INDEX) {
        if (clash(gender, form_gender(c, g))) {
            continue;
        }
        if (best == NO_INDEX || c->last_seen[g] > c->last_seen[best] ||
            (c->last_seen[g] == c->last_seen[best] && c->forms[g].count > c->forms[best].count)) {
            best = g;
        }
    }
    return best;
}

static uint32_t entity_of_form(struct clustering *c, uint32_t f)
{
    if (c->forms[f].entity == NO_INDEX) {
        c->forms[f].entity = new_entity(c, c->forms[f].type);
        c->n->r->entities.items[c->forms[f].entity].name = c->forms[f].full;
    }
    return c->forms[f].entity;
}

/* ---- bodies: acronyms with their expansions, capital cities that act with the city */

static bool is_acronym(const struct clustering *c, const struct form *form)
{
    const struct name *name = &c->n->r->names.items[form->first];
    return form->type == ENTITY_ORG && form->words == 1 && name->end == name->first + 1 &&
           (names_token(c->n, name->first)->flags & TOKEN_ALL_CAPS) && form->key.len >= 2;
}

/* "Expansion (ACR)" or "ACR (Expansion)" side by side. */
static bool are_bracketed(const struct clustering *c, uint32_t a, uint32_t b)
{
    const struct name *x = &c->n->r->names.items[a], *y = &c->n->r->names.items[b];
    return y->first == x->end + 1 && names_same_sentence(c->n, y->end, x->first) &&
           slice_is(reading_token_text(c->n->r, x->end), "(") &&
           slice_is(reading_token_text(c->n->r, y->end), ")");
}

/* Beside its expansion an acronym need not be in capitals ("Anses"): one word that begins alike is enough. */
static bool abbreviates(const struct clustering *c, const struct form *a, const struct form *full)
{
    return full->words > 1 && (is_acronym(c, a) || (a->words == 1 && full->words > 2 &&
                                                    a->key.ptr[0] == full->key.ptr[0]));
}

static void unite(struct clustering *c, uint32_t acronym, uint32_t expansion)
{
    if (c->forms[acronym].entity == NO_INDEX) {
        c->forms[acronym].entity = entity_of_form(c, expansion);
    }
}

static void unite_acronyms(struct clustering *c)
{
    struct reading *r = c->n->r;
    struct names_map *initials = names_map_new(r->arena, c->form_count * 2);
    for (uint32_t i = 0; i + 1 < r->names.count; i++) {
        uint32_t f = c->form_of[i], g = c->form_of[i + 1];
        if (c->forms[f].type == ENTITY_ORG && c->forms[g].type == ENTITY_ORG &&
            are_bracketed(c, i, i + 1)) {
            if (abbreviates(c, &c->forms[g], &c->forms[f])) {
                unite(c, g, f);
            } else if (abbreviates(c, &c->forms[f], &c->forms[g])) {
                unite(c, f, g);
            }
        }
    }
    for (uint32_t f = 0; f < c->form_count; f++) {
        if (c->forms[f].type == ENTITY_ORG && c->forms[f].words > 2) {
            const struct name *name = &r->names.items[c->forms[f].first];
            names_map_add(initials, initials_of(c, name, false), f);
            names_map_add(initials, initials_of(c, name, true), f);
        }
    }
    for (uint32_t f = 0; f < c->form_count; f++) {
        uint32_t g = is_acronym(c, &c->forms[f]) && c->forms[f].key.len > 2
                         ? names_map_find(initials, c->forms[f].key, NULL)
                         : NO_INDEX;
        if (g != NO_INDEX) {
            unite(c, f, g);
        }
    }
}

/* "Northbeam Digital", then "Northbeam": unless two bodies begin alike ("Ashcombe Mercury", "Ashcombe Society"). */
static void unite_firms(struct clustering *c)
{
    struct reading *r = c->n->r;
    struct names_map *heads = names_map_new(r->arena, c->form_count);
    for (uint32_t f = 0; f < c->form_count; f++) {
        const struct name *name = &r->names.items[c->forms[f].first];
        if (c->forms[f].type == ENTITY_ORG && name->end > name->first + 1) {
            struct slice head = reading_token_text(r, name->first);
            names_map_add(heads, fold_name_key(r->arena, head), f);
        }
    }
    for (uint32_t f = 0; f < c->form_count; f++) {
        uint32_t chain = 0;
        uint32_t g = c->forms[f].type == ENTITY_ORG && c->forms[f].words == 1
                         ? names_map_find(heads, c->forms[f].key, &chain)
                         : NO_INDEX;
        if (g != NO_INDEX && g != f && names_map_next(heads, &chain) == NO_INDEX &&
            names_is_firm(c->n, &r->names.items[c->forms[g].first])) {
            unite(c, f, g);
        }
    }
}

static bool is_capital(const struct clustering *c, uint32_t f)
{
    struct reading *r = c->n->r;
    const struct name *name = &r->names.items[c->forms[f].first];
    struct slice value;
    if (!(c->n->lexicon.begin[name->first] & LEX_CAPITAL)) {
        return false;
    }
    struct slice text =
        fold_lower(r->arena, reading_text(r, name->span)); /* whole: Washington, not its Post */
    return pack_find(&c->metonyms, text, &value) && slice_is(pack_column(value, 1), "capital");
}

/* Moscou the city and Moscou the government are one entity, the city: a mention says what it is meant for there. Two
 * entities of one name would make every question about Moscou ambiguous. */
static void unite_metonyms(struct clustering *c)
{
    for (uint32_t f = 0; f < c->form_count; f++) {
        if (c->forms[f].type == ENTITY_ORG && c->forms[f].entity == NO_INDEX && is_capital(c, f)) {
            uint32_t g = find_form(c, c->forms[f].key, ENTITY_LOC);
            c->forms[f].entity = g != NO_INDEX ? entity_of_form(c, g) : new_entity(c, ENTITY_LOC);
        }
    }
}

static void assign(struct clustering *c)
{
    struct reading *r = c->n->r;
    for (uint32_t i = 0; i < r->names.count; i++) {
        uint32_t f = c->form_of[i];
        bool person = c->forms[f].type == ENTITY_PER;
        uint32_t longer =
            person ? longer_form(c, f, address_gender(c, &r->names.items[i])) : NO_INDEX;
        r->names.items[i].entity = entity_of_form(c, longer != NO_INDEX ? longer : f);
        c->last_seen[f] = i + 1;
    }
}

/* ---- what an entity is called */

struct printed {
    struct slice text;
    uint32_t entity, order, count;
};

static int by_entity(const void *a, const void *b)
{
    const struct printed *x = a, *y = b;
    if (x->entity != y->entity) {
        return x->entity < y->entity ? -1 : 1;
    }
    int text = slice_compare(x->text, y->text);
    return text ? text : (x->order > y->order) - (x->order < y->order);
}

static int by_frequency(const void *a, const void *b)
{
    const struct printed *x = a, *y = b;
    if (x->entity != y->entity) {
        return x->entity < y->entity ? -1 : 1;
    }
    if (x->count != y->count) {
        return x->count > y->count ? -1 : 1;
    }
    return (x->order > y->order) - (x->order < y->order);
}

static bool is_loud(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] >= 'a' && text.ptr[i] <= 'z') {
            return false;
        }
    }
    return true;
}

static uint32_t blanks(struct slice text)
{
    uint32_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += text.ptr[i] == ' ';
    }
    return count;
}

/* The fullest form; a normally written one before capitals only; then the more frequent. */
static bool is_fuller(const struct alias *a, const struct alias *b)
{
    uint32_t a_words = blanks(a->text), b_words = blanks(b->text);
    if (a_words != b_words) {
        return a_words > b_words;
    }
    bool a_loud = is_loud(a->text), b_loud = is_loud(b->text);
    if (a_loud != b_loud && a_words > 0) {
        return b_loud;
    }
    return a->count > b->count;
}

static size_t merge_same_text(struct printed *all, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && all[kept - 1].entity == all[i].entity &&
            slice_equal(all[kept - 1].text, all[i].text)) {
            all[kept - 1].count++;
        } else {
            all[kept++] = all[i];
        }
    }
    return kept;
}

static void write_aliases(struct reading *r)
{
    size_t count = r->names.count;
    struct printed *all = ARENA_ARRAY(r->arena, struct printed, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct name *name = &r->names.items[i];
        all[i] = (struct printed){reading_text(r, name->span), name->entity, i, 1};
    }
    qsort(all, count, sizeof *all, by_entity);
    count = merge_same_text(all, count);
    qsort(all, count, sizeof *all, by_frequency);
    struct alias *aliases = ARENA_ARRAY(r->arena, struct alias, count);
    for (size_t i = 0; i < count; i++) {
        aliases[i] = (struct alias){all[i].text, all[i].count};
        struct entity *e = &r->entities.items[all[i].entity];
        if (e->alias_count++ == 0) {
            e->aliases = &aliases[i];
            e->name = !slice_present(e->name) || is_fuller(&aliases[i], &(struct alias){e->name, 1})
                          ? aliases[i].text
                          : e->name;
        } else if (is_fuller(&aliases[i], &(struct alias){e->name, e->aliases[0].count})) {
            e->name = aliases[i].text;
        }
    }
}

static void write_mentions(struct reading *r)
{
    uint32_t *all = ARENA_ARRAY(r->arena, uint32_t, r->names.count);
    for (size_t i = 0; i < r->names.count; i++) {
        r->entities.items[r->names.items[i].entity].mention_count++;
    }
    uint32_t *next = all;
    for (size_t e = 0; e < r->entities.count; e++) {
        r->entities.items[e].mentions = next;
        next += r->entities.items[e].mention_count;
        r->entities.items[e].mention_count = 0;
    }
    for (uint32_t i = 0; i < r->names.count; i++) {
        struct entity *e = &r->entities.items[r->names.items[i].entity];
        e->mentions[e->mention_count++] = i;
    }
}

void names_cluster(struct naming *n)
{
    struct clustering c = {.n = n, .metonyms = pack_table(n->r->pack, "metonyms")};
    read_forms(&c);
    unite_acronyms(&c);
    unite_firms(&c);
    unite_metonyms(&c);
    assign(&c);
    write_mentions(n->r);
    write_aliases(n->r);
}
