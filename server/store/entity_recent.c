#include "store/entity_refs.h"
#include "store/list_sql.h"
#include "store/recent.h"

/* Seen beside the entity. Counted here and not by GROUP BY: SQLite sorts for that, which takes most of the time. */
struct seen {
    int64_t entity; /* 0: a free slot */
    int64_t shared, weight;
};

struct tally {
    struct arena *arena;
    struct seen *slots; /* open addressing */
    size_t slot_count, used;
};

static struct seen *slot_for(struct seen *slots, size_t count, int64_t entity)
{
    size_t at = (size_t)((uint64_t)entity * 0x9e3779b97f4a7c15u >> 32);
    while (slots[at & (count - 1)].entity != 0 && slots[at & (count - 1)].entity != entity) {
        at++;
    }
    return &slots[at & (count - 1)];
}

static bool make_room(struct tally *t)
{
    if (t->used * 2 < t->slot_count) {
        return true;
    }
    size_t count = t->slot_count ? t->slot_count * 2 : 512;
    struct seen *grown = ARENA_ARRAY(t->arena, struct seen, count);
    for (size_t i = 0; grown != NULL && i < t->slot_count; i++) {
        if (t->slots[i].entity != 0) {
            *slot_for(grown, count, t->slots[i].entity) = t->slots[i];
        }
    }
    t->slots = grown;
    t->slot_count = grown ? count : 0;
    return grown != NULL;
}

static bool count_seen(struct tally *t, int64_t entity, int64_t weight)
{
    if (!make_room(t)) {
        return false;
    }
    struct seen *seen = slot_for(t->slots, t->slot_count, entity);
    t->used += seen->entity == 0;
    *seen = (struct seen){entity, seen->shared + 1, seen->weight + weight};
    return true;
}

/* Of equals the one that is more prominent in these articles. */
static bool is_closer(const struct seen *a, const struct seen *b)
{
    if (a->shared != b->shared) {
        return a->shared > b->shared;
    }
    return a->weight != b->weight ? a->weight > b->weight : a->entity < b->entity;
}

static size_t closest(const struct tally *t, size_t most, struct seen *out)
{
    size_t count = 0;
    for (size_t i = 0; i < t->slot_count && most > 0; i++) {
        if (t->slots[i].entity == 0 ||
            (count == most && !is_closer(&t->slots[i], &out[count - 1]))) {
            continue;
        }
        size_t at = count < most ? count++ : count - 1;
        for (; at > 0 && is_closer(&t->slots[i], &out[at - 1]); at--) {
            out[at] = out[at - 1];
        }
        out[at] = t->slots[i];
    }
    return count;
}

/* One article may take a name for the other gender: one against several doesn't make it unknown. */
static enum gender elect(const int64_t votes[3])
{
    int64_t m = votes[GENDER_MASCULINE], f = votes[GENDER_FEMININE];
    return m > 2 * f ? GENDER_MASCULINE : f > 2 * m ? GENDER_FEMININE : GENDER_UNKNOWN;
}

static void read_articles(struct db *db, int64_t row, struct tally *tally, struct recent *out)
{
    int64_t votes[3] = {0};
    sqlite3_stmt *s = db_use(
        db, "SELECT ae.entity, ae.prominence, ae.quotes_by > 0, ae.quotes_about > 0, ae.gender,"
            " x.sort_ms FROM (SELECT article, sort_ms FROM article_entities"
            "  INDEXED BY article_entities_by_entity WHERE entity = ?1"
            "  ORDER BY sort_ms DESC, article DESC LIMIT ?2) x"
            " CROSS JOIN article_entities ae ON ae.article = x.article");
    db_bind_int(s, 1, row);
    db_bind_int(s, 2, STORE_RECENT_ARTICLES);
    while (db_step(db, s)) {
        if (db_int(s, 0) != row) {
            db->nomem = !count_seen(tally, db_int(s, 0), db_int(s, 1)) || db->nomem;
            continue;
        }
        out->articles++;
        out->speaks += db_int(s, 2);
        out->spoken_about += db_int(s, 3);
        votes[db_int(s, 4) % 3]++;
        out->since_ms = db_int(s, 5);
    }
    db_done(s);
    out->gender = elect(votes);
}

bool recent_count(struct db *db, int64_t entity, struct arena *arena, struct recent *out)
{
    struct tally tally = {.arena = arena};
    struct seen best[STORE_RECENT_COMPANIONS];
    *out = (struct recent){0};
    read_articles(db, entity, &tally, out);
    out->companion_count = closest(&tally, STORE_RECENT_COMPANIONS, best);
    for (size_t i = 0; i < out->companion_count; i++) {
        out->companions[i] = (struct recent_companion){best[i].entity, best[i].shared};
    }
    return db_ok(db);
}

static void read_companion(struct db *db, const struct recent_companion *seen, struct arena *arena,
                           struct store_entity_recent *out)
{
    struct store_entity_ref ref = entity_refs_look_up(db, seen->entity, arena);
    if (ref.present) {
        out->companions[out->companion_count++] =
            (struct store_companion){ref.id, ref.slug, ref.name, ref.type, seen->shared};
    }
}

void recent_tell(struct db *db, int64_t entity, struct arena *arena,
                 struct store_entity_recent *out)
{
    struct recent recent;
    struct store_entity_recent found = {0};
    found.companions = ARENA_ARRAY(arena, struct store_companion, STORE_RECENT_COMPANIONS);
    if (found.companions == NULL) {
        db->nomem = true;
        return;
    }
    if (!recent_read(db, entity, &recent) && !recent_count(db, entity, arena, &recent)) {
        return;
    }
    found.articles = recent.articles;
    found.since_ms = recent.since_ms;
    found.speaks = recent.speaks;
    found.spoken_about = recent.spoken_about;
    found.gender = recent.gender;
    for (size_t i = 0; i < recent.companion_count; i++) {
        read_companion(db, &recent.companions[i], arena, &found);
    }
    *out = found;
}
