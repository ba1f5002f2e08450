/* Joining entities across articles. Wrong joins are worse than missed ones: two people under one name
 * mislead every count and every "who said what", while a missed join is two entries that a person can merge.
 * So a document's entity joins an archive entity of the same type only when
 *   1. a person decided it (corrections), or the archive that it is imported from did;
 *   2. its fullest name is the archive entity's name, transliterations levelled; full names of persons are
 *      besides weighed by titles, gender and surroundings (entity_evidence.c);
 *      A person's name may besides be spelt as another language spells it (entity_spellings.h): Poutine, Putin;
 *   3. its fullest name is an alias of exactly one entity, or of one that is ten times as often printed so
 *      as all others ("Trump" stays Donald Trump when one article names Melania by surname alone). A person
 *      known by one word must besides not be of the other gender, and that word not be a first name: "Marie"
 *      alone is not the one Marie Dupont that the archive knows;
 *   4. it is a person with a full name, the archive knows one single-word person by its surname, and the
 *      article prints that surname too: the archive met "Villepin" before "Dominique de Villepin";
 *   5. it is an organisation with an acronym beside its name, and the archive knows one by that acronym alone.
 *      When it knows both, in two entities, this article says that they are one: they are merged.
 * Otherwise it is new. */
#include "store/entity_match.h"
#include "store/entity_moves.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/change_rows.h"
#include "store/correct.h"
#include "store/entity_evidence.h"
#include "store/entity_spellings.h"
#include "store/entity_words.h"
#include "store/replay.h"
#include "text/fold.h"

#define DOMINANCE 10

struct entity_keys entity_keys_of(struct arena *arena, struct slice name)
{
    struct entity_keys keys = {fold_key(arena, name), fold_name_key(arena, name), 1};
    if (keys.key.len == 0) {
        keys.key = name.len ? name : SLICE("?"); /* a name of signs alone */
    }
    if (keys.match_key.len == 0) {
        keys.match_key = keys.key;
    }
    for (size_t i = 0; i < keys.key.len; i++) {
        keys.words += keys.key.ptr[i] == ' ';
    }
    return keys;
}

/* False: the id is taken. */
static bool insert_entity(struct writer *w, uint64_t id, int ordinal, enum entity_type type,
                          struct slice name, const struct entity_keys *keys)
{
    sqlite3_stmt *s = db_use(
        w->db, "INSERT INTO entities (public_id, ordinal, type, name, key, match_key, slug, "
               "created_ms)"
               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (public_id) DO NOTHING");
    db_bind_int(s, 1, db_id(id));
    db_bind_int(s, 2, ordinal);
    db_bind_int(s, 3, (int64_t)type);
    db_bind_text(s, 4, name);
    db_bind_text(s, 5, keys->key);
    db_bind_text(s, 6, keys->match_key);
    db_bind_text(s, 7, fold_slug(w->arena, name));
    db_bind_int(s, 8, w->now_ms);
    db_run(w->db, s);
    return sqlite3_changes(w->db->handle) == 1;
}

int64_t entity_restore(struct writer *w, uint64_t id, enum entity_type type, struct slice name)
{
    struct entity_keys keys = entity_keys_of(w->arena, name);
    if (!insert_entity(w, id, 0, type, name, &keys)) {
        return 0;
    }
    int64_t made = sqlite3_last_insert_rowid(w->db->handle);
    entity_words_add(w, made, keys.key);
    return made;
}

struct slice entity_describe(struct writer *w, int64_t entity)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT type, name FROM entities WHERE id = ?1");
    db_bind_int(s, 1, entity);
    struct slice out = SLICE_NONE;
    if (db_step(w->db, s)) {
        struct slice name = db_text(s, 1);
        out = arena_printf(w->arena, "%s %.*s", entity_type_name((enum entity_type)db_int(s, 0)),
                           SLICE_ARG(name));
    }
    db_done(s);
    return out;
}

int64_t entity_create(struct writer *w, enum entity_type type, struct slice name,
                      const struct entity_keys *keys)
{
    for (int ordinal = 0; db_ok(w->db); ordinal++) {
        char number[16];
        snprintf(number, sizeof number, "%d", ordinal);
        struct slice nul = slice_of("", 1);
        struct slice parts[] = {
            SLICE("entity"),   nul, slice_cstr(entity_type_name(type)), nul, keys->key, nul,
            slice_cstr(number)};
        struct digest sum = digest_sha256(parts, sizeof parts / sizeof parts[0]);
        if (insert_entity(w, digest_id(&sum), ordinal, type, name, keys)) {
            int64_t made = sqlite3_last_insert_rowid(w->db->handle);
            entity_words_add(w, made, keys->key);
            return made;
        }
    }
    return 0;
}

int64_t entity_that_remains(struct writer *w, int64_t entity)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT coalesce(merged_into, id) FROM entities WHERE id = ?1");
    db_bind_int(s, 1, entity);
    int64_t remains = db_step(w->db, s) ? db_int(s, 0) : entity;
    db_done(s);
    return remains;
}

void entity_set_name(struct writer *w, int64_t entity, struct slice name, bool by_a_person)
{
    struct entity_keys keys = entity_keys_of(w->arena, name);
    sqlite3_stmt *s =
        db_use(w->db, "UPDATE entities SET name = ?2, key = ?3, match_key = ?4, slug = ?5,"
                      " named = ?6 WHERE id = ?1 AND (name <> ?2 OR named <> ?6)");
    db_bind_int(s, 1, entity);
    db_bind_text(s, 2, name);
    db_bind_text(s, 3, keys.key);
    db_bind_text(s, 4, keys.match_key);
    db_bind_text(s, 5, fold_slug(w->arena, name));
    db_bind_int(s, 6, by_a_person);
    db_run(w->db, s);
    if (sqlite3_changes(w->db->handle) > 0) {
        entity_words_renew(w, entity);
        change_rows_name(w, entity);
    }
}

void entity_choose_name(struct writer *w, int64_t entity)
{
    /* A full name beats a surname however often the surname stands alone; of equals the present name stays,
     * so that slugs don't flicker. */
    sqlite3_stmt *s =
        db_use(w->db, "SELECT a.text FROM entity_aliases a JOIN entities e ON e.id = a.entity"
                      " WHERE a.entity = ?1 AND a.names > 0 AND e.named = 0"
                      " ORDER BY e.type = 0 AND instr(a.key, ' ') > 0 DESC, a.names DESC,"
                      " a.text = e.name DESC, length(a.text) DESC, a.text LIMIT 1");
    db_bind_int(s, 1, entity);
    struct slice name = db_step(w->db, s) ? arena_copy(w->arena, db_text(s, 0)) : SLICE_NONE;
    db_done(s);
    if (!slice_present(name)) {
        return; /* named by a person, or without an article: keeps its name */
    }
    s = db_use(w->db, "SELECT name FROM entities WHERE id = ?1");
    db_bind_int(s, 1, entity);
    bool same = db_step(w->db, s) && slice_equal(db_text(s, 0), name);
    db_done(s);
    if (!same) {
        entity_set_name(w, entity, name, false);
    }
}

/* Rule 2 without evidence: of several homonyms the best known. */
static int64_t by_name(struct writer *w, struct slice match_key, enum entity_type type)
{
    /* In order of id, as the index has them: a sorter for one row or two would cost more than all the rest. */
    sqlite3_stmt *s = db_use(w->db, "SELECT coalesce(merged_into, id), articles FROM entities"
                                    " INDEXED BY entities_by_match_key"
                                    " WHERE match_key = ?1 AND type = ?2 AND forbidden = 0");
    db_bind_text(s, 1, match_key);
    db_bind_int(s, 2, (int64_t)type);
    int64_t found = 0, most = -1;
    while (db_step(w->db, s)) {
        if (db_int(s, 1) > most) {
            most = db_int(s, 1);
            found = db_int(s, 0);
        }
    }
    db_done(s);
    return found;
}

/* "marie" of "marie dupont". */
static bool is_first_word(struct slice word, struct slice name)
{
    return word.len < name.len && slice_starts(name, word) && name.ptr[word.len] == ' ';
}

/* Rule 3: the one entity that is printed so, or that dominates. */
static int64_t by_alias(struct writer *w, struct slice match_key, enum entity_type type)
{
    sqlite3_stmt *s = db_use(
        w->db, "SELECT a.entity, sum(a.mentions) + sum(a.names), e.match_key FROM entity_aliases a"
               " JOIN entities e ON e.id = a.entity"
               " WHERE a.match_key = ?1 AND e.type = ?2 AND e.forbidden = 0 GROUP BY a.entity");
    db_bind_text(s, 1, match_key);
    db_bind_int(s, 2, (int64_t)type);
    int64_t best = 0, best_count = 0, others = 0;
    bool first_name = false; /* of the best */
    while (db_step(w->db, s)) {
        int64_t count = db_int(s, 1);
        if (count > best_count) {
            first_name = type == ENTITY_PER && is_first_word(match_key, db_text(s, 2));
            others += best_count;
            best = db_int(s, 0);
            best_count = count;
        } else {
            others += count;
        }
    }
    db_done(s);
    return best_count >= DOMINANCE * others && !first_name ? best : 0;
}

/* Rule 4. */
static int64_t by_surname(struct writer *w, const struct entity *entity,
                          const struct entity_keys *keys)
{
    for (size_t i = 0; i < entity->alias_count; i++) {
        struct entity_keys alias = entity_keys_of(w->arena, entity->aliases[i].text);
        size_t tail = keys->match_key.len - alias.match_key.len;
        bool surname = alias.words == 1 && alias.match_key.len < keys->match_key.len &&
                       slice_ends(keys->match_key, alias.match_key) &&
                       keys->match_key.ptr[tail - 1] == ' ';
        if (!surname) {
            continue;
        }
        int64_t named = by_name(w, alias.match_key, ENTITY_PER);
        if (named != 0 && named == by_alias(w, alias.match_key, ENTITY_PER) &&
            !entity_evidence_genders_clash(w, named, entity->gender)) {
            return named;
        }
    }
    return 0;
}

/* Another expansion of the same acronym is another body. */
static bool has_full_name(struct writer *w, int64_t entity)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT 1 FROM entity_aliases WHERE entity = ?1 AND names > 0"
                                    " AND instr(key, ' ') > 0");
    db_bind_int(s, 1, entity);
    bool has = db_step(w->db, s);
    db_done(s);
    return has;
}

/* The entity that bears nothing but this acronym; 0: none. */
static int64_t by_acronym(struct writer *w, const struct entity *entity, enum entity_type type)
{
    for (size_t i = 0; i < entity->alias_count; i++) {
        if (entity_evidence_is_acronym(w->arena, entity->aliases[i].text, entity->name)) {
            int64_t named =
                by_name(w, entity_keys_of(w->arena, entity->aliases[i].text).match_key, type);
            if (named != 0 && !replay_is_forbidden(w, named) && !has_full_name(w, named)) {
                return named;
            }
        }
    }
    return 0;
}

/* Rule 5 for an entity that is found by its name. Bounded: what is known by thousands of articles has long been
 * seen beside its acronym. */
static int64_t unite(struct writer *w, struct match_context *context, int64_t found,
                     int64_t acronym)
{
    enum { UNITED_MOST = 2000 };
    sqlite3_stmt *s = db_use(
        w->db, "SELECT a.articles > b.articles, min(a.articles, b.articles), a.named OR b.named"
               " FROM entities a, entities b WHERE a.id = ?1 AND b.id = ?2");
    db_bind_int(s, 1, acronym);
    db_bind_int(s, 2, found);
    bool any = db_step(w->db, s);
    bool swap = any && db_int(s, 0) != 0, may = any && db_int(s, 1) <= UNITED_MOST && !db_int(s, 2);
    db_done(s);
    if (!may) { /* a name that a person chose was meant for that entity alone */
        return found;
    }
    correct_merge(w, swap ? found : acronym, swap ? acronym : found);
    entity_moves_some(w, swap ? found : acronym, ENTITY_MOVES_ALL);
    context->united = true;
    return swap ? acronym : found;
}

/* The one person that is printed so, unless of the other gender. */
static int64_t by_one_word(struct writer *w, struct slice match_key, enum gender gender)
{
    int64_t found = by_alias(w, match_key, ENTITY_PER);
    return found != 0 && entity_evidence_genders_clash(w, found, gender) ? 0 : found;
}

/* Rules 2 and 3 under the spellings of other languages. */
static int64_t by_spelling(struct writer *w, struct match_context *context,
                           const struct entity *entity, const struct entity_keys *keys)
{
    struct slice spellings[ENTITY_SPELLINGS_MOST];
    size_t count = entity_spellings(w->arena, keys->match_key, spellings);
    int64_t found = 0;
    for (size_t i = 0; found == 0 && i < count; i++) {
        found = keys->words > 1 ? entity_evidence_person(w, context, entity, spellings[i])
                                : by_one_word(w, spellings[i], entity->gender);
    }
    return found;
}

/* Rules 2, 3 and 5. */
static int64_t by_evidence(struct writer *w, struct match_context *context,
                           const struct entity *entity, const struct entity_keys *keys,
                           enum entity_type type)
{
    bool person = type == ENTITY_PER;
    int64_t named = by_name(w, keys->match_key, type);
    if (named != 0 && person && keys->words > 1) {
        return entity_evidence_person(w, context, entity, keys->match_key);
    }
    int64_t acronym = type == ENTITY_ORG && keys->words > 1 ? by_acronym(w, entity, type) : 0;
    if (named != 0) {
        return acronym != 0 && acronym != named ? unite(w, context, named, acronym) : named;
    }
    int64_t found = person && keys->words == 1 ? by_one_word(w, keys->match_key, entity->gender)
                                               : by_alias(w, keys->match_key, type);
    found = found == 0 && person ? by_spelling(w, context, entity, keys) : found;
    return found != 0 ? found : acronym;
}

static int compare_start(const void *a, const void *b)
{
    uint32_t start = *(const uint32_t *)a;
    uint32_t other = ((const struct store_known_mention *)b)->start_byte;
    return (start > other) - (start < other);
}

/* Whom an export took one of its mentions for: in that archive other articles told homonyms apart, which may
 * not have come yet, or not any more. */
static int64_t by_history(struct writer *w, const struct match_context *context,
                          const struct entity *entity, enum entity_type type)
{
    const struct store_history *history = context->history;
    const struct analysis *a = context->analysis;
    size_t index = (size_t)(entity - a->entities);
    for (size_t i = 0; history && history->mention_count && i < a->mention_count; i++) {
        const struct mention *mention = &a->mentions[i];
        const struct store_known_mention *known =
            mention->entity == index
                ? bsearch(&mention->span.start_byte, history->mentions, history->mention_count,
                          sizeof *history->mentions, compare_start)
                : NULL;
        if (known == NULL) {
            continue;
        }
        int64_t found = replay_target(w, known->entity);
        sqlite3_stmt *s = db_use(w->db, "SELECT type FROM entities WHERE id = ?1");
        db_bind_int(s, 1, found);
        bool same = db_step(w->db, s) && db_int(s, 0) == (int64_t)type;
        db_done(s);
        if (same) {
            return found;
        }
    }
    return 0;
}

int64_t entity_match(struct writer *w, struct match_context *context, const struct entity *entity,
                     enum entity_type *type)
{
    struct entity_keys keys = entity_keys_of(w->arena, entity->name);
    struct replay_entity decided = {.type = entity->type};
    *type = entity->type;
    if (w->has_entity_corrections) {
        decided = replay_entity(w, keys.key, entity->type, context->article);
        *type = decided.type;
        if (decided.entity != 0 && slice_present(decided.name)) {
            entity_set_name(w, decided.entity, decided.name, true);
        }
        if (decided.forbidden || decided.entity != 0) {
            return decided.entity;
        }
    }
    int64_t found = by_history(w, context, entity, decided.type);
    found = found != 0 ? found : by_evidence(w, context, entity, &keys, decided.type);
    if (found != 0 && replay_is_forbidden(w, found)) {
        return 0; /* merged into what turned out to be no name */
    }
    if (found == 0 && decided.type == ENTITY_PER && keys.words > 1) {
        found = by_surname(w, entity, &keys);
    }
    if (found == 0) {
        found = entity_create(w, decided.type, entity->name, &keys);
    }
    if (slice_present(decided.name)) {
        entity_set_name(w, found, decided.name, true);
    }
    return found;
}
