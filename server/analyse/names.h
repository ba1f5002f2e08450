/* Inside of the names stage: names_find (reading.h) runs these in order over reading.names.
 *
 * Order: tagger or names_rules → names_offices → names_repair, names_hints (local
 *        evidence, the user's gazetteer) → names_spread (the
 *        document's own evidence) → names_cluster (entities).
 * Shape: reading.names stays sorted by first token and free of overlaps between steps.
 */
#ifndef GUILLEMET_ANALYSE_NAMES_H
#define GUILLEMET_ANALYSE_NAMES_H

#include "analyse/reading.h"
#include "analyse/tagger_lexicon.h"
#include "text/pack.h"

struct naming {
    struct reading *r;
    struct lexicon lexicon;
    struct pack_table not_names, name_tails, adjectives, grammar, finite_verbs, portfolios,
        name_triggers, common_words, person_nouns;
    struct slice inhabitant_endings[2]; /* of table `conventions` */
};

/* Without trained weights: runs of capitals typed by the tables. A language with tables only works. */
void names_rules(struct naming *n);
/* Finds the offices ("ministre des Affaires étrangères") that names must not be cut from, and the ministries; sets
 * lexicon.office. Then, after every step that adds names, what is in an office leaves again. */
void names_offices(struct naming *n);
void names_leave_offices(struct naming *n);
void names_repair(struct naming *n);
/* After names_repair: what the words around an unknown name say of it. */
void names_hints(struct naming *n);
/* After names_hints: places in sentences without any capital. */
void names_lower(struct naming *n);
/* Grows a repaired name over its head and its "of" phrases. */
void names_extend(const struct naming *n, struct name *name);
/* Acronyms in brackets and the long names in front of them, added to `found`. */
void names_acronyms(const struct naming *n, struct names *found);
void names_spread(struct naming *n);
/* True when a body's first word may stand for it: "Northbeam" for "Northbeam Digital", but "Glenmore" not for
 * "Glenmore District Council". */
bool names_is_firm(const struct naming *n, const struct name *name);
void names_cluster(struct naming *n);
/* Part of names_repair: cuts what never belongs to a name; it may be empty then. */
void names_trim(const struct naming *n, struct name *name);
/* Part of names_repair: what the tables list and the tagger left. Returns how many; at most two a token. */
size_t names_listed(const struct naming *n, struct name *out);
/* Part of names_hints: the type that the words beside a doubtful name tell. */
bool names_told(const struct naming *n, const struct name *name, enum entity_type *type);
/* True when `name_triggers` says `where` of token i. */
bool names_trigger(const struct naming *n, uint32_t i, const char *where);
/* Bodies that the tagger missed but whose head says so: "ministère de la Santé". Returns how many. */
size_t names_headed(const struct naming *n, struct name *out);
/* The user's gazetteer: run before the document's evidence is spread, and after. */
void names_user(struct naming *n);
struct gazetteer_entry;
/* The entry that is exactly this name, or NULL. */
const struct gazetteer_entry *names_user_entry(const struct naming *n, const struct name *name);

/* ---- tools */

struct name name_of(const struct naming *n, uint32_t first, uint32_t end, enum entity_type type,
                    float confidence, enum mention_method method);
/* Replaces reading.names by `items` (sorted here); of overlapping ones the stronger method, the longer, the
 * surer wins. Sets name_at. */
void names_replace(struct naming *n, const struct name *items, size_t count);
static inline const struct token *names_token(const struct naming *n, uint32_t i)
{
    return &n->r->tokens.items[i];
}
/* True when token i exists, in the same sentence as `near`. */
bool names_same_sentence(const struct naming *n, uint32_t i, uint32_t near);

/* A hash map from text to a chain of numbers, in the arena. */
struct names_map;
struct names_map *names_map_new(struct arena *arena, size_t most);
void names_map_add(struct names_map *map, struct slice key, uint32_t value);
/* First value of a key, or NO_INDEX; *chain goes to names_map_next for the others (latest first). */
uint32_t names_map_find(const struct names_map *map, struct slice key, uint32_t *chain);
uint32_t names_map_next(const struct names_map *map, uint32_t *chain);

#endif
