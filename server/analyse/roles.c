/* Titles and roles as printed, gender and number: what the pronoun resolver and the entity pages go by. */
#include "analyse/roles.h"

#include "text/fold.h"

#define KEY_MOST 96

static const struct {
    const char *flag;
    uint32_t class;
} classes[] = {
    {"det", ROLE_DET},     {"adv", ROLE_ADV},     {"rel", ROLE_REL},    {"fin", ROLE_FIN},
    {"be", ROLE_BE},       {"coord", ROLE_COORD}, {"prep", ROLE_PREP},  {"of", ROLE_OF},
    {"m", ROLE_MASCULINE}, {"f", ROLE_FEMININE},  {"s", ROLE_SINGULAR}, {"p", ROLE_PLURAL},
    {"sub", ROLE_SUB},     {"have", ROLE_HAVE},
};

uint32_t roles_class(const struct roles *s, uint32_t token)
{
    const struct token *t = &s->r->tokens.items[token];
    struct slice flags;
    uint32_t found = 0;
    if (t->kind != TOKEN_WORD || !pack_find(&s->grammar, t->lower, &flags)) {
        return 0;
    }
    while (slice_present(flags)) {
        struct slice flag = slice_cut(&flags, ' ');
        for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
            const char *name = classes[i].flag;
            found |=
                flag.len && flag.ptr[0] == name[0] && slice_is(flag, name) ? classes[i].class : 0;
        }
    }
    return found;
}

uint32_t roles_function(const struct roles *s, uint32_t token, uint32_t limit, struct slice *value)
{
    char key[KEY_MOST];
    size_t len = 0;
    uint32_t best = token;
    for (uint32_t i = token; i < limit; i++) {
        struct slice word = s->r->tokens.items[i].lower;
        if (len + word.len + 1 > sizeof key ||
            s->r->tokens.items[i].sentence != s->r->tokens.items[token].sentence) {
            break;
        }
        if (len > 0) {
            key[len++] = ' ';
        }
        memcpy(key + len, word.ptr, word.len);
        len += word.len;
        struct slice found;
        if (pack_find(&s->functions, slice_of(key, len), &found)) {
            best = i + 1;
            *value = found;
        }
        if (!pack_prefix(&s->functions, slice_of(key, len))) {
            break;
        }
    }
    return best;
}

bool roles_is_modifier(const struct roles *s, uint32_t token)
{
    const struct token *t = &s->r->tokens.items[token];
    struct slice unused;
    if (pack_find(&s->modifiers, t->lower, &unused)) {
        return true;
    }
    return s->any_modifier && t->kind == TOKEN_WORD &&
           !(t->flags & (TOKEN_CAPITAL | TOKEN_CLITIC | TOKEN_HAS_DIGIT)) &&
           s->r->name_at[token] == NO_INDEX && !pack_find(&s->grammar, t->lower, &unused) &&
           !roles_is_verb(s, token);
}

bool roles_is_outside(const struct roles *s, uint32_t token)
{
    struct slice value;
    return pack_find(&s->modifiers, s->r->tokens.items[token].lower, &value) &&
           slice_is(pack_column(value, 0), "no");
}

bool roles_is_verb(const struct roles *s, uint32_t token)
{
    struct slice word = s->r->tokens.items[token].lower, value;
    if (s->r->tokens.items[token].flags & TOKEN_CAPITAL) {
        return false;
    }
    if (pack_find(&s->finite_verbs, word, &value)) {
        return true;
    }
    return pack_find(&s->cue_verbs, word, &value) &&
           slice_find(pack_column(value, 2), SLICE("ind."), 0) != SIZE_MAX;
}

/* ---- gender and number */

static enum gender table_gender(const struct pack_table *table, struct slice key)
{
    struct slice value;
    if (!pack_find(table, key, &value)) {
        return GENDER_UNKNOWN;
    }
    struct slice g = pack_column(value, 0);
    return slice_is(g, "m")   ? GENDER_MASCULINE
           : slice_is(g, "f") ? GENDER_FEMININE
                              : GENDER_UNKNOWN;
}

struct votes {
    int masculine, feminine;
};

static void vote(struct votes *v, enum gender gender, int weight)
{
    v->masculine += gender == GENDER_MASCULINE ? weight : 0;
    v->feminine += gender == GENDER_FEMININE ? weight : 0;
}

static void person_votes(const struct roles *s, const struct name *name, struct votes *v)
{
    const struct token *t = s->r->tokens.items;
    if (name->first > 0 && t[name->first - 1].sentence == t[name->first].sentence) {
        vote(v, table_gender(&s->person_titles, t[name->first - 1].lower), 4);
    }
    vote(v, table_gender(&s->people, fold_lower(s->r->arena, reading_text(s->r, name->span))), 6);
    if (name->end - name->first > 1) {
        vote(v, table_gender(&s->first_names, t[name->first].lower), 3);
    }
}

/* Bodies and places: by the article in front (la Russie, les États-Unis). */
static void other_votes(const struct roles *s, const struct name *name, struct votes *v,
                        int *plural)
{
    const struct token *t = s->r->tokens.items;
    if (name->first == 0 || t[name->first - 1].sentence != t[name->first].sentence) {
        return;
    }
    uint32_t class = roles_class(s, name->first - 1);
    if (class & ROLE_DET) {
        vote(v,
             class & ROLE_MASCULINE  ? GENDER_MASCULINE
             : class & ROLE_FEMININE ? GENDER_FEMININE
                                     : GENDER_UNKNOWN,
             1);
        *plural += class & ROLE_PLURAL ? 1 : class & ROLE_SINGULAR ? -1 : 0;
    }
}

/* ---- titles */

static bool has_title(const struct roles *s, const struct entity *e, struct slice text)
{
    struct slice key = fold_lower(s->r->arena, text);
    for (size_t i = 0; i < e->title_count; i++) {
        if (slice_equal(fold_lower(s->r->arena, e->titles[i].text), key)) {
            return true;
        }
    }
    return false;
}

#define TITLES_MOST 24 /* of one entity: more are noise */

static void add_title(const struct roles *s, struct entity *e, const struct role *role)
{
    struct span span = {s->r->tokens.items[role->first].start_byte,
                        s->r->tokens.items[role->end - 1].end_byte};
    struct slice text = reading_text(s->r, span);
    if (e->title_count >= TITLES_MOST || has_title(s, e, text)) {
        return;
    }
    e->titles =
        arena_grow(s->r->arena, e->titles, e->title_count, e->title_count + 1, sizeof *e->titles);
    e->titles[e->title_count++] = (struct title){text, span};
}

static void read_person(const struct roles *s, struct entity *e, const struct name *name,
                        struct votes *v)
{
    struct role roles[ROLES_MOST];
    size_t count = roles_around(s, name, roles);
    person_votes(s, name, v);
    for (size_t i = 0; i < count; i++) {
        vote(v, roles[i].gender, 2);
        add_title(s, e, &roles[i]);
    }
}

static void read_entity(const struct roles *s, struct entity *e)
{
    struct votes v = {0, 0};
    int plural = 0;
    for (size_t i = 0; i < e->mention_count; i++) {
        const struct name *name = &s->r->names.items[e->mentions[i]];
        if (e->type == ENTITY_PER) {
            read_person(s, e, name, &v);
        } else {
            other_votes(s, name, &v, &plural);
        }
    }
    e->gender = v.masculine > v.feminine   ? GENDER_MASCULINE
                : v.feminine > v.masculine ? GENDER_FEMININE
                                           : GENDER_UNKNOWN;
    e->plural = plural > 0;
}

void roles_find(struct reading *r)
{
    if (!r->pack || !r->lexicon) {
        return;
    }
    struct roles s = {.r = r,
                      .grammar = pack_table(r->pack, "grammar"),
                      .functions = pack_table(r->pack, "functions"),
                      .modifiers = pack_table(r->pack, "role_modifiers"),
                      .finite_verbs = pack_table(r->pack, "finite_verbs"),
                      .cue_verbs = pack_table(r->pack, "cue_verbs"),
                      .person_titles = pack_table(r->pack, "person_titles"),
                      .first_names = pack_table(r->pack, "first_names"),
                      .people = pack_table(r->pack, "people")};
    struct slice unused;
    s.any_modifier = pack_find(&s.modifiers, SLICE("*"), &unused);
    for (size_t i = 0; i < r->entities.count; i++) {
        read_entity(&s, &r->entities.items[i]);
    }
}
