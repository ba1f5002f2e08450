/* A full name is strong evidence by itself: in a news archive nearly all "Jean Martin"s are one, and titles change
 * with the years. So two are kept apart only when what can be compared contradicts: the genders, or the fields of life
 * that all titles are of; and
 * when, besides, their surroundings have no name in common, although both have enough of them. One shared name
 * (a town, a party) outweighs a contradiction, for that is what a person's articles share when the words for
 * what they do change. */
#include "store/entity_evidence.h"

#include "store/title_fields.h"
#include "text/fold.h"
#include "text/utf8.h"

enum {
    HOMONYMS_MOST = 8,       /* of one name that are weighed */
    NEIGHBOURS_LEAST = 4,    /* other names that a comparison needs on each side */
    NEIGHBOUR_ARTICLES = 20, /* newest ones of the archive's entity */
    KNOWN_EVERYWHERE =
        1000 /* articles: whom so many name ("Paris") is no surrounding of anybody's */
};

enum verdict { CONTRADICTED, UNKNOWN, SUPPORTED };

static enum gender known_gender(struct writer *w, int64_t entity)
{
    sqlite3_stmt *s =
        db_use(w->db, "SELECT ae.gender FROM article_entities x JOIN article_entities ae"
                      " ON ae.article = x.article AND ae.entity = x.entity"
                      " WHERE x.entity = ?1 ORDER BY x.sort_ms DESC LIMIT 8");
    db_bind_int(s, 1, entity);
    enum gender gender = GENDER_UNKNOWN;
    while (gender == GENDER_UNKNOWN && db_step(w->db, s)) {
        gender = (enum gender)db_int(s, 0);
    }
    db_done(s);
    return gender;
}

bool entity_evidence_genders_clash(struct writer *w, int64_t entity, enum gender gender)
{
    if (gender == GENDER_UNKNOWN) {
        return false;
    }
    enum gender known = known_gender(w, entity);
    return known != GENDER_UNKNOWN && known != gender;
}

/* Without a list of small words or of inflections: five letters in common at the start ("ministre", "ministres";
 * "Hollande", "François Hollande"), or a whole word of four. */
static bool share_a_word(struct slice a, struct slice b)
{
    enum { WORD_LEAST = 4, START = 5 };
    for (struct slice rest = a; slice_present(rest);) {
        struct slice word = slice_cut(&rest, ' ');
        for (struct slice others = b; word.len >= WORD_LEAST && slice_present(others);) {
            struct slice other = slice_cut(&others, ' ');
            bool start = word.len >= START && other.len >= START &&
                         slice_starts(other, slice_of(word.ptr, START));
            if (start || slice_equal(word, other)) {
                return true;
            }
        }
    }
    return false;
}

/* Titles agree when they have a word in common, and contradict when they are of different fields of life: a mayor
 * becomes a minister, and hardly a goalkeeper. */
static enum verdict titles_say(struct writer *w, int64_t candidate, const struct entity *entity)
{
    unsigned mine = 0, theirs = 0;
    for (size_t i = 0; i < entity->title_count; i++) {
        mine |= title_fields(w->arena, entity->titles[i].text);
    }
    sqlite3_stmt *s =
        db_use(w->db, "SELECT key, text FROM entity_titles WHERE entity = ?1 LIMIT 50");
    db_bind_int(s, 1, candidate);
    bool shared = false;
    while (!shared && entity->title_count > 0 && db_step(w->db, s)) {
        struct slice known = db_text(s, 0);
        theirs |= title_fields(w->arena, db_text(s, 1));
        for (size_t i = 0; i < entity->title_count && !shared; i++) {
            shared = share_a_word(fold_key(w->arena, entity->titles[i].text), known);
        }
    }
    db_done(s);
    bool apart = mine != 0 && theirs != 0 && (mine & theirs) == 0;
    return shared ? SUPPORTED : apart ? CONTRADICTED : UNKNOWN;
}

/* The same name, or one is the other's beginning or end: "Hollande" of "François Hollande". */
static bool same_neighbour(struct slice a, struct slice b)
{
    struct slice shorter = a.len < b.len ? a : b, longer = a.len < b.len ? b : a;
    if (shorter.len == longer.len) {
        return slice_equal(a, b);
    }
    return (slice_starts(longer, shorter) && longer.ptr[shorter.len] == ' ') ||
           (slice_ends(longer, shorter) && longer.ptr[longer.len - shorter.len - 1] == ' ');
}

/* How many names of the candidate's newest articles the analysis has too; *comparable: both have enough. */
static size_t shared_neighbours(struct writer *w, const struct match_context *context,
                                const struct entity *entity, int64_t candidate, bool *comparable)
{
    const struct analysis *a = context->analysis;
    struct slice *keys = ARENA_ARRAY(w->arena, struct slice, a->entity_count);
    size_t mine = 0, theirs = 0, shared = 0;
    for (size_t i = 0; i < a->entity_count; i++) {
        if (&a->entities[i] != entity) {
            keys[mine++] = entity_keys_of(w->arena, a->entities[i].name).match_key;
        }
    }
    sqlite3_stmt *s = db_use(
        w->db, "SELECT DISTINCT e.match_key, e.articles FROM (SELECT article FROM article_entities"
               "  INDEXED BY article_entities_by_entity WHERE entity = ?1"
               "  ORDER BY sort_ms DESC LIMIT ?2) x"
               " CROSS JOIN article_entities ae ON ae.article = x.article AND ae.entity <> ?1"
               " CROSS JOIN entities e ON e.id = ae.entity");
    db_bind_int(s, 1, candidate);
    db_bind_int(s, 2, NEIGHBOUR_ARTICLES);
    while (db_step(w->db, s)) {
        struct slice key = db_text(s, 0);
        theirs++;
        for (size_t i = 0; i < mine && db_int(s, 1) < KNOWN_EVERYWHERE; i++) {
            shared += same_neighbour(keys[i], key);
        }
    }
    db_done(s);
    *comparable = mine >= NEIGHBOURS_LEAST && theirs >= NEIGHBOURS_LEAST;
    return shared;
}

static bool contradicts(struct writer *w, const struct match_context *context,
                        const struct entity *entity, int64_t candidate)
{
    enum verdict titles = titles_say(w, candidate, entity);
    if (titles == SUPPORTED ||
        (titles == UNKNOWN && !entity_evidence_genders_clash(w, candidate, entity->gender))) {
        return false;
    }
    bool comparable;
    size_t shared = shared_neighbours(w, context, entity, candidate, &comparable);
    return comparable && shared == 0;
}

/* Of several the one whose surroundings are most alike, else the best known that nothing speaks against. */
static int64_t choose(struct writer *w, const struct match_context *context,
                      const struct entity *entity, const int64_t *candidates, size_t count)
{
    int64_t best = 0;
    size_t best_shared = 0;
    for (size_t i = 0; i < count; i++) {
        bool comparable;
        size_t shared = shared_neighbours(w, context, entity, candidates[i], &comparable);
        shared += titles_say(w, candidates[i], entity) == SUPPORTED;
        if (entity_evidence_genders_clash(w, candidates[i], entity->gender)) {
            continue;
        }
        if (shared > best_shared ||
            (best == 0 && !contradicts(w, context, entity, candidates[i]))) {
            best = candidates[i];
            best_shared = shared;
        }
    }
    return best;
}

int64_t entity_evidence_person(struct writer *w, const struct match_context *context,
                               const struct entity *entity, struct slice match_key)
{
    int64_t candidates[HOMONYMS_MOST];
    size_t count = 0;
    sqlite3_stmt *s =
        db_use(w->db, "SELECT DISTINCT coalesce(merged_into, id) FROM entities WHERE match_key = ?1"
                      " AND type = ?2 AND forbidden = 0 ORDER BY articles DESC, id LIMIT ?3");
    db_bind_text(s, 1, match_key);
    db_bind_int(s, 2, ENTITY_PER);
    db_bind_int(s, 3, HOMONYMS_MOST);
    while (count < HOMONYMS_MOST && db_step(w->db, s)) {
        candidates[count++] = db_int(s, 0);
    }
    db_done(s);
    if (count == 1) {
        return contradicts(w, context, entity, candidates[0]) ? 0 : candidates[0];
    }
    return choose(w, context, entity, candidates, count);
}

bool entity_evidence_is_acronym(struct arena *arena, struct slice printed, struct slice name)
{
    for (size_t at = 0; at < printed.len;) {
        uint32_t cp = utf8_decode(printed, at, &at);
        if (utf8_is_letter(cp) && !utf8_is_upper(cp)) {
            return false;
        }
    }
    struct slice letters = fold_key(arena, printed), full = fold_key(arena, name);
    if (letters.len < 2 || letters.len > 10 || letters.len * 2 > full.len ||
        letters.ptr[0] != full.ptr[0]) {
        return false;
    }
    size_t found = 0;
    for (size_t i = 0; i < full.len && found < letters.len; i++) {
        found += full.ptr[i] == letters.ptr[found];
    }
    return found == letters.len;
}
