/* Entities across the archive.
 *
 * Shape:   an entity has one name (its fullest, most frequent form, unless a person chose it), every
 *          printed form as an alias, and dated titles. Counters are kept by the writer. Entities
 *          that lost their last article are found by id but no part of lists.
 */
#ifndef GUILLEMET_STORE_ENTITIES_H
#define GUILLEMET_STORE_ENTITIES_H

#include "model/analysis.h"
#include "model/enums.h"
#include "store/filter.h"
#include "store/store.h"

struct store_title {
    struct slice text;
    int64_t count; /* articles that print it */
    int64_t first_seen_ms, last_seen_ms;
};

struct store_entity {
    uint64_t id;
    struct slice name, slug;
    enum entity_type type;
    int64_t articles, mentions, quotes_by, quotes_about;
    int64_t first_seen_ms, last_seen_ms; /* 0 and 0 when no article is left */
    struct alias *aliases;               /* most frequent first */
    size_t alias_count;
    struct store_title *titles; /* most frequent first */
    size_t title_count;
};

/* With aliases and titles, at most `most` of each (0: all). Follows merged ids: compare out->id. */
enum rc store_entity_get(struct store_reader *reader, uint64_t id, uint32_t most,
                         struct arena *arena, struct store_entity *out, struct err *e);

struct store_companion {
    uint64_t id;
    struct slice slug, name;
    enum entity_type type;
    int64_t articles; /* shared, among those looked at */
};

/* Newest articles that are looked at for who is seen with an entity, and how many of these are told. */
#define STORE_RECENT_ARTICLES   50
#define STORE_RECENT_COMPANIONS 10

/* What an entity's newest articles say of it. Work is bounded by their number, however well known it is. */
struct store_entity_recent {
    int64_t articles; /* looked at */
    int64_t since_ms; /* the oldest of them; 0 when there is none */
    int64_t speaks, spoken_about;
    enum gender gender;
    struct store_companion *companions; /* most shared articles first */
    size_t companion_count;
};
/* store_entity_get and this, of one moment; recent NULL: not asked for. */
enum rc store_entity_whole(struct store_reader *reader, uint64_t id, uint32_t most,
                           struct arena *arena, struct store_entity *out,
                           struct store_entity_recent *recent, struct err *e);

enum store_match {
    STORE_MATCH_ID,
    STORE_MATCH_MERGED_ID, /* the id of an entity that was merged into this one */
    STORE_MATCH_SLUG,
    STORE_MATCH_NAME,
    STORE_MATCH_ALIAS
};

struct store_candidate {
    uint64_t id;
    struct slice name, slug;
    enum entity_type type;
    int64_t articles;
    bool
        forbidden; /* a person said that it is no name; its articles may not all have been told yet */
    enum store_match match;
};

/* Who is meant by an id, slug, name or alias (case, accents, apostrophes and hyphens don't matter). One
 * candidate: resolved. Several: ambiguous, best known first. None: RC_NOT_FOUND; RC_GONE for the id of what a
 * person said is no name. A full name wins over other entities' aliases. */
enum rc store_entity_resolve(struct store_reader *reader, struct slice text, struct arena *arena,
                             struct store_candidate **rows, size_t *count, struct err *e);

/* "Did you mean": the name of the entity that has a name, an alias or a surname close to the text; absent when none
 * has. Some 2,000 names that begin alike are looked at, the best known. */
struct slice store_entity_nearest(struct store_reader *reader, struct slice text,
                                  struct arena *arena);

struct store_entity_query {
    struct store_filter filter;
    struct slice q;       /* start of a name or alias, folded; absent: all */
    enum store_sort sort; /* STORE_ARTICLES, MENTIONS, QUOTES, LAST_SEEN, NAME */
    bool reversed;        /* smallest first; names from the last */
    uint32_t limit;
    struct store_cursor after;
    uint32_t most; /* aliases and titles of each row; 0: all */
};

enum rc store_entity_list(struct store_reader *reader, const struct store_entity_query *query,
                          struct arena *arena, struct store_entity **rows, size_t *count,
                          struct store_page *page, struct err *e);

/* ---- walking over everything: export */

/* Also those that no article mentions any more: what was given an id keeps it. */
struct store_entity_record {
    int64_t row; /* pass the last one to go on; 0 starts */
    uint64_t id;
    uint32_t ordinal;
    enum entity_type type;
    struct slice name;    /* absent: the record says what `id` was merged into, no more */
    bool named;           /* that a name is none is told by its correction */
    uint64_t merged_into; /* public id; 0: stands for itself */
    int64_t created_ms;
};
/* In order of making. *count 0: the end. */
enum rc store_entity_walk(struct store_reader *reader, bool merged_only, int64_t after_row,
                          uint32_t limit, struct arena *arena, struct store_entity_record **rows,
                          size_t *count, struct err *e);
/* Gives them back, before the articles that mention them; those that are there already stay. One commit. */
enum rc store_entity_restore(struct store *store, const struct store_entity_record *rows,
                             size_t count, struct err *e);

#endif
