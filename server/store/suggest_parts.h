/* What the parts of autocomplete share. Internal to store/. */
#ifndef GUILLEMET_STORE_SUGGEST_PARTS_H
#define GUILLEMET_STORE_SUGGEST_PARTS_H

#include "store/suggest.h"
#include "store/suggest_words.h"

struct found {
    struct store_suggestion row;
    struct slice key; /* what of the query it begins with */
    int64_t entity;
    bool whole;
    bool scattered; /* has all the words, in another order or with others between */
    double score;
};

struct suggesting {
    struct store_reader *reader;
    const struct store_suggest_query *query;
    struct arena *arena;
    struct slice keys[2]; /* as typed, and without elided words; the second may be absent */
    struct {
        struct found *items;
        size_t count, capacity;
    } list;
};

/* Where a word of the folded text begins so; SIZE_MAX: nowhere. */
size_t suggest_at_word(struct slice key, struct slice start);
/* Sets what is matched of the row; false when no word of the text begins so. */
bool suggest_locate(struct arena *arena, struct slice text, struct slice start,
                    struct store_suggestion *row);
/* Lists the best known entities that have a word that begins so, at most so many. */
void suggest_find_entities(struct suggesting *s, struct slice key, size_t most);

/* suggest_scattered.c: entities that have all of several words, in whatever order. */
void suggest_scattered(struct suggesting *s);
bool suggest_scattered_match(struct suggesting *s, struct found *found);

/* suggest_labels.c: what articles are filed under. */
void suggest_sources(struct suggesting *s);
void suggest_sections(struct suggesting *s);

#endif
