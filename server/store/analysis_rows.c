#include <stdlib.h>

#include "store/entity_match.h"
#include "store/put.h"
#include "store/recent.h"
#include "text/fold.h"

struct located {
    struct span span;
    uint32_t start_cp, end_cp;
};

static struct located locate(const struct put *p, struct span span)
{
    return (struct located){span, offsets_cp(p->offsets, span.start_byte),
                            offsets_cp(p->offsets, span.end_byte)};
}

static void bind_located(sqlite3_stmt *s, int index, const struct located *at)
{
    db_bind_int(s, index, at->span.start_byte);
    db_bind_int(s, index + 1, at->span.end_byte);
    db_bind_int(s, index + 2, at->start_cp);
    db_bind_int(s, index + 3, at->end_cp);
}

/* ---- document entities → archive entities */

static int by_entity(const void *a, const void *b)
{
    const struct cluster *x = a, *y = b;
    int order = (x->entity > y->entity) - (x->entity < y->entity);
    return order ? order : (x->leader > y->leader) - (x->leader < y->leader);
}

struct cluster *clusters_find(const struct clusters *clusters, int64_t entity)
{
    size_t low = 0, high = clusters->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (clusters->items[middle].entity < entity) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < clusters->count && clusters->items[low].entity == entity ? &clusters->items[low]
                                                                          : NULL;
}

/* Entities come most prominent first, so the first of a cluster leads it. */
static struct clusters resolve(struct put *p)
{
    const struct analysis *a = p->analysis;
    int64_t *entities = ARENA_ARRAY(p->w->arena, int64_t, a->entity_count);
    struct cluster *items = ARENA_ARRAY(p->w->arena, struct cluster, a->entity_count);
    enum entity_type *types = ARENA_ARRAY(p->w->arena, enum entity_type, a->entity_count);
    struct match_context context = {
        .article = p->id, .analysis = a, .history = p->request->history};
    size_t found = 0, kept = 0;
    for (size_t i = 0; i < a->entity_count; i++) {
        entities[i] = entity_match(p->w, &context, &a->entities[i], &types[i]);
    }
    for (size_t i = 0; i < a->entity_count; i++) {
        if (context.united && entities[i] != 0) {
            entities[i] = entity_that_remains(p->w, entities[i]);
        }
        if (entities[i] != 0) {
            items[found].entity = entities[i];
            items[found++].leader = (uint32_t)i;
        }
    }
    qsort(items, found, sizeof *items, by_entity);
    for (size_t i = 0; i < found; i++) {
        if (kept == 0 || items[kept - 1].entity != items[i].entity) {
            items[kept++] = items[i];
        }
    }
    return (struct clusters){entities, types, items, kept};
}

/* ---- mentions and what is printed */

struct form {
    int64_t entity;
    struct slice text;
};

static int by_form(const void *a, const void *b)
{
    const struct form *x = a, *y = b;
    int order = (x->entity > y->entity) - (x->entity < y->entity);
    return order ? order : slice_compare(x->text, y->text);
}

static void write_mention(struct put *p, const struct mention *m, int64_t entity,
                          enum entity_type type)
{
    sqlite3_stmt *s =
        db_use(p->w->db, "INSERT INTO mentions (article, start_byte, end_byte, start_cp, end_cp,"
                         " entity, type, block, confidence, method)"
                         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    struct located at = locate(p, m->span);
    db_bind_int(s, 1, p->article);
    bind_located(s, 2, &at);
    db_bind_int(s, 6, entity);
    db_bind_int(s, 7, (int64_t)type);
    db_bind_int(s, 8, m->block);
    db_bind_int(s, 9, thousandths(m->confidence));
    db_bind_int(s, 10, (int64_t)m->method);
    db_run(p->w->db, s);
}

static void write_mentions(struct put *p, const struct clusters *clusters)
{
    const struct analysis *a = p->analysis;
    struct form *forms = ARENA_ARRAY(p->w->arena, struct form, a->mention_count);
    size_t count = 0;
    for (size_t i = 0; i < a->mention_count; i++) {
        const struct mention *m = &a->mentions[i];
        struct cluster *cluster = clusters_find(clusters, clusters->entities[m->entity]);
        if (cluster != NULL) {
            enum entity_type type = clusters->types[m->entity];
            bool decided = type != a->entities[m->entity].type;
            write_mention(p, m, cluster->entity, decided ? type : m->type);
            cluster->mentions++;
            forms[count++] = (struct form){
                cluster->entity, slice_of(p->document->text.ptr + m->span.start_byte,
                                          (size_t)(m->span.end_byte - m->span.start_byte))};
        }
    }
    p->mention_count = (int64_t)count;
    qsort(forms, count, sizeof *forms, by_form);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && by_form(&forms[i], &forms[end]) == 0; end++) {
        }
        entity_rows_alias(p->w, forms[i].entity, forms[i].text, (int64_t)(end - i), 0);
    }
}

/* ---- the article's entities */

static void write_entity(struct put *p, const struct cluster *c)
{
    const struct entity *leader = &p->analysis->entities[c->leader];
    struct db *db = p->w->db;
    sqlite3_stmt *s = db_use(
        db,
        "INSERT INTO article_entities (article, entity, sort_ms, source, lang, mentions, quotes_by,"
        " quotes_about, prominence, gender, plural, name)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
    db_bind_int(s, 1, p->article);
    db_bind_int(s, 2, c->entity);
    db_bind_int(s, 3, p->sort_ms);
    db_bind_maybe(s, 4, p->source != 0, p->source);
    db_bind_text(s, 5, p->lang);
    db_bind_int(s, 6, c->mentions);
    db_bind_int(s, 7, c->quotes_by);
    db_bind_int(s, 8, c->quotes_about);
    db_bind_int(s, 9, thousandths(leader->prominence));
    db_bind_int(s, 10, (int64_t)leader->gender);
    db_bind_int(s, 11, leader->plural);
    db_bind_text(s, 12, leader->name);
    db_run(db, s);
    counters_add_entity(p->w->counters, c->entity,
                        (struct entity_change){.articles = 1, .mentions = c->mentions});
    entity_rows_alias(p->w, c->entity, leader->name, 0, 1);

    s = db_use(db, "SELECT name FROM entities WHERE id = ?1");
    db_bind_int(s, 1, c->entity);
    bool same = db_step(db, s) && slice_equal(db_text(s, 0), leader->name);
    db_done(s);
    /* One more vote for the present name changes nothing. An export brought the names beside its mentions,
     * chosen when all its articles had voted. */
    bool chosen = p->request->history != NULL && p->request->history->mention_count > 0;
    if (!same && !chosen) {
        entity_choose_name(p->w, c->entity);
    }
}

static void write_titles(struct put *p, const struct clusters *clusters)
{
    for (size_t i = 0; i < p->analysis->entity_count; i++) {
        const struct entity *entity = &p->analysis->entities[i];
        for (size_t t = 0; clusters->entities[i] != 0 && t < entity->title_count; t++) {
            const struct title *title = &entity->titles[t];
            struct slice key = entity_keys_of(p->w->arena, title->text).key;
            struct located at = locate(p, title->span);
            sqlite3_stmt *s =
                db_use(p->w->db,
                       "INSERT OR IGNORE INTO article_titles (article, entity, key, text, sort_ms,"
                       " start_byte, end_byte, start_cp, end_cp)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
            db_bind_int(s, 1, p->article);
            db_bind_int(s, 2, clusters->entities[i]);
            db_bind_text(s, 3, key);
            db_bind_text(s, 4, title->text);
            db_bind_int(s, 5, p->sort_ms);
            bind_located(s, 6, &at);
            db_run(p->w->db, s);
            if (sqlite3_changes(p->w->db->handle) == 1) { /* the first time in this article */
                entity_rows_title(p->w, clusters->entities[i], key, title->text, p->sort_ms);
            }
        }
    }
}

static void write_marks(struct put *p)
{
    for (size_t i = 0; i < p->analysis->mark_count; i++) {
        struct located at = locate(p, p->analysis->marks[i].span);
        sqlite3_stmt *s =
            db_use(p->w->db, "INSERT OR IGNORE INTO quotation_marks (article, start_byte, end_byte,"
                             " start_cp, end_cp, use) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        db_bind_int(s, 1, p->article);
        bind_located(s, 2, &at);
        db_bind_int(s, 6, (int64_t)p->analysis->marks[i].use);
        db_run(p->w->db, s);
    }
}

void analysis_rows_write(struct put *p)
{
    struct clusters clusters = resolve(p);
    write_mentions(p, &clusters);
    quote_rows_write(p, &clusters);
    for (size_t i = 0; i < clusters.count; i++) {
        write_entity(p, &clusters.items[i]);
    }
    p->entity_count = (int64_t)clusters.count;
    write_titles(p, &clusters);
    write_marks(p);
    quote_rows_respan(p);
    recent_stale_article(p->w, p->article);
}
