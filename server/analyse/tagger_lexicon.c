#include "analyse/tagger_lexicon.h"

#include "text/pack.h"

#define KEY_MOST       120 /* bytes of the longest key worth looking for */
#define KEY_WORDS_MOST 12

enum apply { ANY_CASE, CAPITALISED };

/* A table's entries mean `bit`, or what their first column says when `kinds` is set. */
struct lexicon_table {
    const char *name;
    uint32_t bit;
    enum apply apply;
    bool kinds;
};

static const struct lexicon_table tables[] = {
    {"first_names", LEX_FIRST_NAME, CAPITALISED, false},
    {"surnames", LEX_SURNAME, CAPITALISED, false},
    {"people", LEX_PERSON, CAPITALISED, false},
    {"places", LEX_TOWN, CAPITALISED, true},
    {"organisations", LEX_INSTITUTION, CAPITALISED, true},
    {"metonyms", LEX_SEAT, CAPITALISED, true},
    {"organisation_heads", LEX_ORG_HEAD, ANY_CASE, false},
    {"place_heads", LEX_PLACE_HEAD, ANY_CASE, true},
    {"person_titles", LEX_TITLE, ANY_CASE, false},
    {"functions", LEX_FUNCTION, ANY_CASE, false},
    {"particles", LEX_PARTICLE, ANY_CASE, false},
    {"months", LEX_CALENDAR, ANY_CASE, false},
    {"weekdays", LEX_CALENDAR, ANY_CASE, false},
    {"demonyms", LEX_DEMONYM, ANY_CASE, false},
    {"articles", LEX_ARTICLE, ANY_CASE, false},
    {"name_links", LEX_OF, ANY_CASE, true},
    {"acting_verbs", LEX_ACTING, ANY_CASE, false},
    {"prepositions", LEX_PREPOSITION, ANY_CASE, false},
};
#define TABLES (sizeof tables / sizeof tables[0])

static const struct {
    const char *name;
    uint32_t bit;
} kinds[] = {
    {"country", LEX_COUNTRY},
    {"region", LEX_REGION},
    {"city", LEX_CITY},
    {"town", LEX_TOWN},
    {"institution", LEX_INSTITUTION},
    {"party", LEX_PARTY},
    {"union", LEX_UNION},
    {"ngo", LEX_NGO},
    {"media", LEX_MEDIA},
    {"company", LEX_COMPANY},
    {"club", LEX_CLUB},
    {"university", LEX_UNIVERSITY},
    {"seat", LEX_SEAT},
    {"capital", LEX_CAPITAL},
    {"named", LEX_PLACE_HEAD | LEX_PLACE_NAMED},
    {"located", LEX_PLACE_HEAD},
    {"bare", LEX_PLACE_NAMED},
    {"of", LEX_OF},
    {"and", LEX_AND},
    {"for", LEX_FOR},
    {"article", LEX_ARTICLE},
};

/* Words come again and again: which tables have an entry that begins with a word, by the word's hash. */
#define SEEN_WORDS 1024

struct seen {
    uint32_t token;  /* of the word, plus 1; 0: none */
    uint32_t tables; /* one bit each */
    uint8_t common;
};

struct scan {
    const struct reading *r;
    struct lexicon *out;
    struct pack_table opened[TABLES];
    struct pack_table common;
    struct seen *seen;
    uint32_t in_any_case; /* tables whose entries needn't have a capital, one bit each */
};

static uint32_t kind_bit(const struct lexicon_table *table, struct slice value)
{
    if (!table->kinds) {
        return table->bit;
    }
    /* metonyms: type, kind; places and organisations: kind. */
    size_t column = table->bit == LEX_SEAT ? 1 : 0;
    struct slice kind = pack_column(value, column);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kind.len && kind.ptr[0] == kinds[i].name[0] && slice_is(kind, kinds[i].name)) {
            return kinds[i].bit;
        }
    }
    return table->bit;
}

static uint32_t meaning(const struct lexicon_table *table, struct slice value)
{
    uint32_t bit = kind_bit(table, value);
    return bit == LEX_ORG_HEAD && slice_is(pack_column(value, 1), "takes")
               ? LEX_ORG_HEAD | LEX_ORG_TAKES
               : bit;
}

static bool wanted_case(const struct scan *s, const struct lexicon_table *table, struct slice value,
                        uint32_t first, uint32_t end)
{
    if (table->bit != LEX_INSTITUTION || end != first + 1) {
        return true;
    }
    bool acronym = slice_is(pack_column(value, 1), "caps");
    return !acronym || (s->r->tokens.items[first].flags & TOKEN_ALL_CAPS);
}

static void mark(struct lexicon *out, uint32_t first, uint32_t end, uint32_t bit)
{
    out->begin[first] |= bit;
    out->bits[first] |= bit;
    for (uint32_t i = first + 1; i < end; i++) {
        out->bits[i] |= bit;
        out->inner[i] |= bit;
    }
}

/* The longest entry of one table that starts at token `first`. */
static void match(struct scan *s, size_t t, uint32_t first, uint32_t limit)
{
    char key[KEY_MOST];
    size_t len = 0;
    uint32_t best_end = 0, best_bit = 0;
    for (uint32_t i = first; i < limit && i < first + KEY_WORDS_MOST; i++) {
        struct slice word = s->r->tokens.items[i].lower;
        if (len + 1 + word.len > sizeof key) {
            break;
        }
        if (len > 0) {
            key[len++] = ' ';
        }
        memcpy(key + len, word.ptr, word.len);
        len += word.len;
        struct slice value;
        unsigned found = pack_look(&s->opened[t], slice_of(key, len), &value);
        if ((found & PACK_FOUND) && wanted_case(s, &tables[t], value, first, i + 1)) {
            best_end = i + 1;
            best_bit = meaning(&tables[t], value);
        }
        if (!(found & PACK_LONGER)) {
            break;
        }
    }
    if (best_end > first) {
        mark(s->out, first, best_end, best_bit);
    }
}

static bool starts_like_a_name(const struct reading *r, uint32_t i)
{
    const struct token *t = &r->tokens.items[i];
    if (t->flags & TOKEN_CAPITAL) {
        return true;
    }
    return (t->flags & TOKEN_HAS_DIGIT) && t->kind != TOKEN_PUNCTUATION;
}

static struct seen look_up(const struct scan *s, uint32_t i, uint64_t hash)
{
    const struct token *token = &s->r->tokens.items[i];
    struct seen found = {.token = i + 1};
    struct slice value;
    uint64_t where = pack_tables_with(s->r->pack, hash);
    for (size_t t = 0; t < TABLES; t++) {
        if ((where & s->opened[t].bit) &&
            pack_look_hashed(&s->opened[t], token->lower, hash, NULL)) {
            found.tables |= 1u << t;
        }
    }
    if (token->kind == TOKEN_WORD && (where & s->common.bit) &&
        (pack_look_hashed(&s->common, token->lower, hash, &value) & PACK_FOUND) && value.len > 0) {
        found.common = (uint8_t)(value.ptr[0] - 'a' + 1);
    }
    return found;
}

static const struct seen *seen_word(struct scan *s, uint32_t i)
{
    const struct token *tokens = s->r->tokens.items;
    uint64_t hash = pack_key_hash(tokens[i].lower);
    struct seen *slot = &s->seen[hash % SEEN_WORDS];
    if (!slot->token || !slice_equal(tokens[slot->token - 1].lower, tokens[i].lower)) {
        *slot = look_up(s, i, hash);
    }
    return slot;
}

static void read_sentence(struct scan *s, const struct sentence *sentence)
{
    for (uint32_t i = sentence->first; i < sentence->end; i++) {
        if (s->r->tokens.items[i].kind == TOKEN_PUNCTUATION) {
            continue;
        }
        const struct seen *seen = seen_word(s, i);
        uint32_t left = starts_like_a_name(s->r, i) ? seen->tables : seen->tables & s->in_any_case;
        for (; left; left &= left - 1) {
            match(s, (size_t)__builtin_ctz(left), i, sentence->end);
        }
        s->out->common[i] = seen->common;
    }
}

void tagger_lexicon_read(const struct reading *r, struct lexicon *out)
{
    size_t count = r->tokens.count;
    out->bits = ARENA_ARRAY(r->arena, uint32_t, count);
    out->begin = ARENA_ARRAY(r->arena, uint32_t, count);
    out->inner = ARENA_ARRAY(r->arena, uint32_t, count);
    out->common = ARENA_ARRAY(r->arena, uint8_t, count);
    out->office = NULL;
    if (!r->pack) {
        return;
    }
    struct scan s = {.r = r, .out = out, .seen = ARENA_ARRAY(r->arena, struct seen, SEEN_WORDS)};
    for (size_t t = 0; t < TABLES; t++) {
        s.opened[t] = pack_table(r->pack, tables[t].name);
        s.in_any_case |= tables[t].apply == ANY_CASE ? 1u << t : 0;
    }
    s.common = pack_table(r->pack, "common_words");
    for (size_t i = 0; i < r->sentences.count; i++) {
        read_sentence(&s, &r->sentences.items[i]);
    }
}
