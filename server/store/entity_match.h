/* Which archive entity a document's entity is. Internal to store/. */
#ifndef GUILLEMET_STORE_ENTITY_MATCH_H
#define GUILLEMET_STORE_ENTITY_MATCH_H

#include "store/writer.h"

struct entity_keys {
    struct slice key, match_key; /* fold_key, fold_name_key: never empty */
    size_t words;
};

struct entity_keys entity_keys_of(struct arena *arena, struct slice name);

/* What is known of the article whose entities are matched. */
struct match_context {
    uint64_t article; /* public id */
    const struct analysis *analysis;
    const struct store_history *history; /* NULL, or what an export knew */
    bool united; /* set when a match merged two entities: rowids given before may lead on */
};

/* The archive's entity, made when there is none; 0 when a person said that it is no name. *type: the
 * analysis', unless a person decided otherwise. */
int64_t entity_match(struct writer *w, struct match_context *context, const struct entity *entity,
                     enum entity_type *type);

/* What an entity was merged into, else itself. */
int64_t entity_that_remains(struct writer *w, int64_t entity);
/* A new entity with the next free ordinal. */
int64_t entity_create(struct writer *w, enum entity_type type, struct slice name,
                      const struct entity_keys *keys);
/* The same under an id that it had elsewhere. */
int64_t entity_restore(struct writer *w, uint64_t id, enum entity_type type, struct slice name);
/* "ORG Bercy": what finds or makes the target of a merge or split in an archive built anew. */
struct slice entity_describe(struct writer *w, int64_t entity);
/* Sets name, keys and slug. */
void entity_set_name(struct writer *w, int64_t entity, struct slice name, bool by_a_person);
/* The fullest, most frequent of the names that articles give it; a name chosen by a person stays. */
void entity_choose_name(struct writer *w, int64_t entity);

#endif
