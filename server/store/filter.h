/* What a list, a count or a timeline is about: one set of conditions for articles, quotes and entities.
 *
 * Shape:   clauses must all hold. A clause holds when one of its values does; a negated one when none does. So
 *          "A and B" is two clauses, "A or B" one with two values. Values are what a person gave (names,
 *          ids, sources); the store finds the rows. Not every field fits every list: store_filter_fits.
 * Units:   dates in ms; confidence in thousandths; ranges include both ends.
 * Errors:  when a filter is used: RC_CONFLICT for a name that several entities share (`field` is the clause's
 *          name), RC_INVALID and RC_TOO_LARGE for words. Names that the archive doesn't know are no errors:
 *          nothing has them, and a struct store_hint says so.
 * Memory:  clauses live in the arena that they are added from; values are borrowed.
 */
#ifndef GUILLEMET_STORE_FILTER_H
#define GUILLEMET_STORE_FILTER_H

#include "base/arena.h"
#include "store/store.h"

/* Values of one clause, clauses of one filter: each is work for every row. */
#define STORE_VALUES_MOST  16
#define STORE_CLAUSES_MOST 32

enum store_field {
    STORE_BY_ENTITY,  /* an entity that has one of `roles`: id, slug, name or alias */
    STORE_BY_ARTICLE, /* an id */
    STORE_BY_SOURCE,  /* exact, else folded */
    STORE_BY_SECTION, /* folded, as authors and cues */
    STORE_BY_AUTHOR,
    STORE_BY_CUE, /* a lemma */
    STORE_BY_LANG,
    /* a set: bit n of `choices` is value n of the enum */
    STORE_BY_ENTITY_TYPE,
    STORE_BY_QUOTE_TYPE,
    STORE_BY_SPEAKER_KIND, /* SPEAKER_UNKNOWN: also quotes without a speaker */
    STORE_BY_CUE_CLASS,
    STORE_BY_NEGATED,
    STORE_BY_HYPOTHETICAL,
    STORE_BY_IN_HEADLINE,
    /* ranges: least to most */
    STORE_BY_DATE, /* entities: seen at some time in it */
    STORE_BY_CONFIDENCE,
    STORE_BY_WORDS,  /* of an article */
    STORE_BY_QUOTES, /* of an article; of an entity: said by it */
    STORE_BY_ARTICLES,
    STORE_FIELDS
};

/* Of an entity. In articles every role but the first two counts as being mentioned. */
enum store_role {
    STORE_SPEAKS = 1,
    STORE_ABOUT = 2,
    STORE_REPORTS = 4,
    STORE_ADDRESSED = 8,
    STORE_ANY_ROLE = 15
};

enum store_scope { /* of articles */
                   STORE_IN_ALL,
                   STORE_IN_TITLE,
                   STORE_IN_TEXT,
                   STORE_IN_QUOTES,   /* words between quotation marks */
                   STORE_IN_NARRATION /* words outside of them */
};

struct store_clause {
    enum store_field field;
    const char *name; /* how its giver calls it, for messages: "speaker" */
    bool negated;
    unsigned roles;
    unsigned choices;
    int64_t least, most;
    struct slice *values;
    size_t count;
};

struct store_filter {
    struct store_clause *items;
    size_t count, capacity;
    struct slice q;       /* a search: search_query.h; absent: none */
    bool forms;           /* a word of it is found in any of its forms: search_forms.h */
    enum store_scope in;  /* where words of it stand that say nothing else */
    struct slice channel; /* quotes: words of where it was said */
    bool collapse;        /* articles: without those that another article stands for */
};

/* A value that nothing in the archive has. */
struct store_hint {
    const char *field;
    struct slice value;
    struct slice nearest; /* what may have been meant; may be absent */
};

/* Where words of a search stand: `text[start:end]` of a field, "title", "standfirst" or "text" (of a quote: its own). */
struct store_highlight {
    const char *field;
    uint32_t start_byte, end_byte, start_cp, end_cp;
};

/* Some words around the first of them; absent text: none. */
struct store_snippet {
    const char *field;
    struct slice text;
    uint32_t start_cp, end_cp;
};

enum store_list { STORE_ARTICLE_LIST = 1, STORE_QUOTE_LIST = 2, STORE_ENTITY_LIST = 4 };

/* Whether a list can be filtered by a field. */
bool store_filter_fits(enum store_list list, enum store_field field);

/* Adds a clause that holds for anything; fill in what it asks. NULL: memory is out. */
struct store_clause *store_filter_add(struct arena *arena, struct store_filter *filter,
                                      enum store_field field, const char *name);
/* Of one value. False: memory is out. */
bool store_filter_value(struct arena *arena, struct store_filter *filter, enum store_field field,
                        const char *name, struct slice value);
bool store_filter_entity(struct arena *arena, struct store_filter *filter, const char *name,
                         unsigned roles, uint64_t id);
bool store_filter_article(struct arena *arena, struct store_filter *filter, uint64_t id);
bool store_filter_choice(struct arena *arena, struct store_filter *filter, enum store_field field,
                         unsigned value);
bool store_filter_range(struct arena *arena, struct store_filter *filter, enum store_field field,
                        int64_t least, int64_t most);

#endif
