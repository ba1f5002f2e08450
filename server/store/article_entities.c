#include <stdlib.h>

#include "store/article_columns.h"

/* What is read for one article before it is put together. */
struct found_mention {
    struct store_mention mention;
    int64_t entity;
};

struct found_entity {
    struct store_article_entity entity;
    int64_t row;
};

struct reading {
    struct db *db;
    struct arena *arena;
    int64_t article;
    struct {
        struct found_entity *items;
        size_t count, capacity;
    } entities;
    struct {
        struct found_mention *items;
        size_t count, capacity;
    } mentions;
};

static void read_entities(struct reading *r)
{
    sqlite3_stmt *s = db_use(
        r->db,
        "SELECT ae.entity, e.public_id, e.name, e.slug, e.type, ae.name, ae.gender, ae.plural,"
        " ae.prominence, ae.quotes_by, ae.quotes_about FROM article_entities ae"
        " CROSS JOIN entities e ON e.id = ae.entity WHERE ae.article = ?1");
    db_bind_int(s, 1, r->article);
    while (db_step(r->db, s)) {
        struct found_entity *found = ARENA_PUSH(r->arena, &r->entities);
        if (found == NULL) {
            r->db->nomem = true;
            break;
        }
        struct columns c = {r->db, s, r->arena, 0};
        struct store_article_entity *entity = &found->entity;
        found->row = next_int(&c);
        entity->id = next_id(&c);
        entity->name = next_text(&c);
        entity->slug = next_text(&c);
        entity->type = (enum entity_type)next_int(&c);
        entity->local_name = next_text(&c);
        entity->gender = (enum gender)next_int(&c);
        entity->plural = next_int(&c) != 0;
        entity->prominence = next_thousandths(&c);
        entity->quotes_by = next_int(&c);
        entity->quotes_about = next_int(&c);
    }
    db_done(s);
}

static void read_mentions(struct reading *r, struct slice text)
{
    sqlite3_stmt *s =
        db_use(r->db, "SELECT entity, start_byte, end_byte, start_cp, end_cp, type, method,"
                      " confidence, block FROM mentions WHERE article = ?1"
                      " ORDER BY start_byte");
    db_bind_int(s, 1, r->article);
    while (db_step(r->db, s)) {
        struct found_mention *found = ARENA_PUSH(r->arena, &r->mentions);
        if (found == NULL) {
            r->db->nomem = true;
            break;
        }
        struct columns c = {r->db, s, r->arena, 0};
        struct store_mention *m = &found->mention;
        found->entity = next_int(&c);
        m->start_byte = (uint32_t)next_int(&c);
        m->end_byte = (uint32_t)next_int(&c);
        m->start_cp = (uint32_t)next_int(&c);
        m->end_cp = (uint32_t)next_int(&c);
        m->type = (enum entity_type)next_int(&c);
        m->method = (enum mention_method)next_int(&c);
        m->confidence = next_thousandths(&c);
        m->block = (uint32_t)next_int(&c);
        if (m->start_byte <= m->end_byte && m->end_byte <= text.len) {
            m->text = slice_of(text.ptr + m->start_byte, (size_t)(m->end_byte - m->start_byte));
        }
    }
    db_done(s);
}

static void read_titles(struct reading *r, struct found_entity *found)
{
    struct {
        struct store_article_title *items;
        size_t count, capacity;
    } list = {0};
    sqlite3_stmt *s = db_use(r->db, "SELECT text, start_byte, end_byte, start_cp, end_cp"
                                    " FROM article_titles WHERE article = ?1 AND entity = ?2");
    db_bind_int(s, 1, r->article);
    db_bind_int(s, 2, found->row);
    while (db_step(r->db, s)) {
        struct store_article_title *title = ARENA_PUSH(r->arena, &list);
        if (title == NULL) {
            r->db->nomem = true;
            break;
        }
        struct columns c = {r->db, s, r->arena, 0};
        title->text = next_text(&c);
        title->start_byte = (uint32_t)next_int(&c);
        title->end_byte = (uint32_t)next_int(&c);
        title->start_cp = (uint32_t)next_int(&c);
        title->end_cp = (uint32_t)next_int(&c);
    }
    db_done(s);
    found->entity.titles = list.items;
    found->entity.title_count = list.count;
}

/* ---- putting it together */

static int by_place(const void *a, const void *b)
{
    const struct store_article_title *x = a, *y = b;
    return (x->start_byte > y->start_byte) - (x->start_byte < y->start_byte);
}

static int by_frequency(const void *a, const void *b)
{
    const struct alias *x = a, *y = b;
    int order = (x->count < y->count) - (x->count > y->count);
    return order ? order : slice_compare(x->text, y->text);
}

static int by_entity(const void *a, const void *b)
{
    const struct found_mention *x = a, *y = b;
    int order = (x->entity > y->entity) - (x->entity < y->entity);
    return order ? order
                 : (x->mention.start_byte > y->mention.start_byte) -
                       (x->mention.start_byte < y->mention.start_byte);
}

static int by_prominence(const void *a, const void *b)
{
    const struct found_entity *x = a, *y = b;
    int order = (x->entity.prominence < y->entity.prominence) -
                (x->entity.prominence > y->entity.prominence);
    uint32_t first_x = x->entity.mention_count ? x->entity.mentions[0].start_byte : UINT32_MAX;
    uint32_t first_y = y->entity.mention_count ? y->entity.mentions[0].start_byte : UINT32_MAX;
    return order ? order : (first_x > first_y) - (first_x < first_y);
}

static void count_aliases(struct reading *r, struct store_article_entity *entity)
{
    entity->aliases = ARENA_ARRAY(r->arena, struct alias, entity->mention_count);
    if (entity->aliases == NULL) {
        r->db->nomem = true;
        return;
    }
    for (size_t i = 0; i < entity->mention_count; i++) {
        size_t k = 0;
        while (k < entity->alias_count &&
               !slice_equal(entity->aliases[k].text, entity->mentions[i].text)) {
            k++;
        }
        entity->aliases[k].text = entity->mentions[i].text;
        entity->aliases[k].count++;
        entity->alias_count += k == entity->alias_count;
    }
    qsort(entity->aliases, entity->alias_count, sizeof *entity->aliases, by_frequency);
}

/* Mentions sorted by entity: each entity gets its stretch of them. */
static void deal_mentions(struct reading *r)
{
    size_t count = r->mentions.count;
    struct store_mention *sorted = ARENA_ARRAY(r->arena, struct store_mention, count);
    if (sorted == NULL) {
        r->db->nomem = true;
        return;
    }
    if (count > 0) {
        qsort(r->mentions.items, count, sizeof *r->mentions.items, by_entity);
    }
    size_t at = 0;
    for (size_t i = 0; i < r->entities.count; i++) { /* by rowid, as the primary key has them */
        struct found_entity *found = &r->entities.items[i];
        while (at < count && r->mentions.items[at].entity < found->row) {
            at++;
        }
        found->entity.mentions = sorted + at;
        for (; at < count && r->mentions.items[at].entity == found->row; at++) {
            sorted[at] = r->mentions.items[at].mention;
            found->entity.mention_count++;
        }
        count_aliases(r, &found->entity);
    }
}

static struct slice read_text(struct reading *r)
{
    sqlite3_stmt *s = db_use(r->db, "SELECT text FROM article_texts WHERE article = ?1");
    db_bind_int(s, 1, r->article);
    struct slice text = db_step(r->db, s) ? db_text_copy(r->db, s, 0, r->arena) : SLICE_NONE;
    db_done(s);
    return text;
}

static struct store_article_entity *assemble(struct reading *r)
{
    deal_mentions(r);
    struct store_article_entity *list =
        ARENA_ARRAY(r->arena, struct store_article_entity, r->entities.count);
    if (list == NULL || r->db->nomem) {
        r->db->nomem = true;
        return NULL;
    }
    if (r->entities.count > 0) {
        qsort(r->entities.items, r->entities.count, sizeof *r->entities.items, by_prominence);
    }
    for (size_t i = 0; i < r->entities.count; i++) {
        struct found_entity *found = &r->entities.items[i];
        if (found->entity.title_count > 0) {
            qsort(found->entity.titles, found->entity.title_count, sizeof *found->entity.titles,
                  by_place);
        }
        list[i] = found->entity;
    }
    return list;
}

enum rc store_article_entities(struct store_reader *reader, uint64_t id, struct arena *arena,
                               struct store_article_entity **rows, size_t *count, struct err *e)
{
    struct reading r = {.db = reader->db, .arena = arena};
    struct store_article_entity *list = NULL;
    bool entered = reader_enter(reader);
    enum rc rc = reader_article(reader, id, &r.article, e);
    if (rc == RC_OK) {
        read_entities(&r);
        read_mentions(&r, read_text(&r));
        for (size_t i = 0; i < r.entities.count; i++) {
            read_titles(&r, &r.entities.items[i]);
        }
        list = db_ok(reader->db) ? assemble(&r) : NULL;
    }
    reader_leave(reader, entered);
    if (rc == RC_OK) {
        rc = db_check(reader->db, e);
    }
    if (rc == RC_OK) {
        *rows = list;
        *count = r.entities.count;
    }
    return rc;
}
