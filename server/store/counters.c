#include "store/counters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/entity_words.h"

#define ENTITY    COUNTERS /* the kind under which an entity's change is kept */
#define TEXT_MOST 15       /* of a language tag */

struct key {
    int64_t number;
    uint32_t kind;
    char text[TEXT_MOST + 1];
};

struct change {
    struct key key;
    int64_t values[4]; /* counters use the first */
    bool used;
};

struct counters {
    struct change *noted; /* by the article at hand, in order */
    size_t noted_count, noted_capacity;
    struct change *slots; /* kept: open addressing */
    size_t slot_count, used;
    bool nomem;
};

static const char *const names[COUNTERS] = {
    [COUNT_ARTICLES] = "articles",
    [COUNT_ARTICLES_SOURCE] = "articles.source",
    [COUNT_ARTICLES_LANG] = "articles.lang",
    [COUNT_ARTICLES_SOURCE_LANG] = "articles.source_lang",
    [COUNT_ARTICLES_ANALYSER] = "articles.analyser",
    [COUNT_TOMBSTONES] = "tombstones",
    [COUNT_DUPLICATES] = "duplicates",
    [COUNT_MENTIONS] = "mentions",
    [COUNT_QUOTES] = "quotes",
    [COUNT_QUOTES_TYPE] = "quotes.type",
    [COUNT_QUOTES_SOURCE] = "quotes.source",
    [COUNT_QUOTES_LANG] = "quotes.lang",
    [COUNT_ENTITIES] = "entities",
    [COUNT_ENTITIES_TYPE] = "entities.type",
    [COUNT_ARTICLES_DAY] = "articles.day",
    [COUNT_MENTIONS_DAY] = "mentions.day",
    [COUNT_QUOTES_DAY] = "quotes.day",
};

const char *counters_name(enum counter counter)
{
    return names[counter];
}

struct counters *counters_new(void)
{
    struct counters *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return NULL;
    }
    c->slot_count = 1024;
    c->slots = calloc(c->slot_count, sizeof *c->slots);
    if (c->slots == NULL) {
        free(c);
        return NULL;
    }
    return c;
}

void counters_free(struct counters *c)
{
    if (c != NULL) {
        free(c->noted);
        free(c->slots);
        free(c);
    }
}

static struct key key_of(uint32_t kind, int64_t number, struct slice text)
{
    struct key key;
    memset(&key, 0, sizeof key); /* closes the text */
    key.kind = kind;
    key.number = number;
    size_t len = text.len < TEXT_MOST ? text.len : TEXT_MOST;
    if (len > 0) {
        memcpy(key.text, text.ptr, len);
    }
    return key;
}

static void note(struct counters *c, struct key key, const int64_t values[4])
{
    if (c->noted_count == c->noted_capacity) {
        size_t capacity = c->noted_capacity ? c->noted_capacity * 2 : 64;
        struct change *grown = realloc(c->noted, capacity * sizeof *grown);
        if (grown == NULL) {
            c->nomem = true;
            return;
        }
        c->noted = grown;
        c->noted_capacity = capacity;
    }
    struct change *change = &c->noted[c->noted_count++];
    change->key = key;
    memcpy(change->values, values, sizeof change->values);
    change->used = true;
}

void counters_add(struct counters *c, enum counter counter, int64_t number, struct slice text,
                  int64_t value)
{
    if (value != 0) {
        note(c, key_of((uint32_t)counter, number, text), (const int64_t[4]){value, 0, 0, 0});
    }
}

void counters_add_day(struct counters *c, enum counter counter, int64_t time_ms, int64_t change)
{
    int64_t day = time_ms / 86400000 - (time_ms % 86400000 < 0);
    counters_add(c, counter, day + COUNTERS_DAY_BASE, SLICE_NONE, change);
}

void counters_day_key(int64_t day, char out[24])
{
    snprintf(out, 24, "%lld", (long long)(day + COUNTERS_DAY_BASE));
}

void counters_add_entity(struct counters *c, int64_t entity, struct entity_change change)
{
    note(c, key_of(ENTITY, entity, SLICE_NONE),
         (const int64_t[4]){change.articles, change.mentions, change.quotes_by,
                            change.quotes_about});
}

static bool key_equal(const struct key *a, const struct key *b)
{
    return a->number == b->number && a->kind == b->kind && strcmp(a->text, b->text) == 0;
}

static struct change *slot_for(struct change *slots, size_t count, const struct key *key)
{
    uint64_t hash = (uint64_t)key->number * 0x9e3779b97f4a7c15u + key->kind * 0x85ebca6bu;
    for (const char *t = key->text; *t; t++) {
        hash = (hash ^ (unsigned char)*t) * 1099511628211u;
    }
    for (size_t at = hash ^ (hash >> 32);; at++) {
        struct change *slot = &slots[at & (count - 1)];
        if (!slot->used || key_equal(&slot->key, key)) {
            return slot;
        }
    }
}

static bool make_room(struct counters *c)
{
    if (c->used * 2 < c->slot_count) {
        return true;
    }
    struct change *grown = calloc(c->slot_count * 2, sizeof *grown);
    if (grown == NULL) {
        c->nomem = true;
        return false;
    }
    for (size_t i = 0; i < c->slot_count; i++) {
        if (c->slots[i].used) {
            *slot_for(grown, c->slot_count * 2, &c->slots[i].key) = c->slots[i];
        }
    }
    free(c->slots);
    c->slots = grown;
    c->slot_count *= 2;
    return true;
}

void counters_keep(struct counters *c)
{
    for (size_t i = 0; i < c->noted_count && make_room(c); i++) {
        struct change *slot = slot_for(c->slots, c->slot_count, &c->noted[i].key);
        if (!slot->used) {
            *slot = c->noted[i];
            c->used++;
            continue;
        }
        for (size_t v = 0; v < 4; v++) {
            slot->values[v] += c->noted[i].values[v];
        }
    }
    c->noted_count = 0;
}

void counters_drop(struct counters *c)
{
    c->noted_count = 0;
}

void counters_drop_all(struct counters *c)
{
    c->noted_count = 0;
    c->nomem = false;
    memset(c->slots, 0, c->slot_count * sizeof *c->slots);
    c->used = 0;
}

static void key_text(const struct key *key, char out[48])
{
    if (key->number < 0) {
        snprintf(out, 48, "%s", key->text);
    } else if (key->kind == COUNT_ARTICLES_SOURCE_LANG) {
        snprintf(out, 48, "%lld/%s", (long long)key->number, key->text);
    } else {
        snprintf(out, 48, "%lld", (long long)key->number);
    }
}

static void write_counter(struct db *db, const struct key *key, int64_t value)
{
    char text[48];
    key_text(key, text);
    sqlite3_stmt *s =
        db_use(db, "INSERT INTO counters (name, key, value) VALUES (?1, ?2, ?3) "
                   "ON CONFLICT (name, key) DO UPDATE SET value = value + excluded.value");
    db_bind_text(s, 1, slice_cstr(names[key->kind]));
    db_bind_text(s, 2, slice_cstr(text));
    db_bind_int(s, 3, value);
    db_run(db, s);
}

static int64_t articles_of(struct db *db, int64_t entity, int64_t *type)
{
    sqlite3_stmt *s = db_use(db, "SELECT articles, type FROM entities WHERE id = ?1");
    db_bind_int(s, 1, entity);
    bool found = db_step(db, s);
    int64_t articles = found ? db_int(s, 0) : 0;
    *type = found ? db_int(s, 1) : 0;
    db_done(s);
    return articles;
}

/* First and last seen come from the index of the entity's articles: one seek each. Read before and not RETURNING: that
 * is a trigger to SQLite, for which each row is kept in a journal of its statement. */
static void write_entity(struct counters *c, struct db *db, const struct change *change)
{
    int64_t type, articles = articles_of(db, change->key.number, &type) + change->values[0];
    sqlite3_stmt *s =
        db_use(db, "UPDATE entities SET articles = articles + ?2, mentions = mentions + ?3,"
                   " quotes_by = quotes_by + ?4, quotes_about = quotes_about + ?5,"
                   " first_seen_ms = (SELECT sort_ms FROM article_entities WHERE entity = ?1"
                   "   ORDER BY sort_ms LIMIT 1),"
                   " last_seen_ms = (SELECT sort_ms FROM article_entities WHERE entity = ?1"
                   "   ORDER BY sort_ms DESC LIMIT 1)"
                   " WHERE id = ?1");
    db_bind_int(s, 1, change->key.number);
    for (int v = 0; v < 4; v++) {
        db_bind_int(s, 2 + v, change->values[v]);
    }
    db_run(db, s);
    int64_t live = (articles > 0) - (articles - change->values[0] > 0);
    counters_add(c, COUNT_ENTITIES, -1, SLICE_NONE, live);
    counters_add(c, COUNT_ENTITIES_TYPE, type, SLICE_NONE, live);
    entity_words_weigh(db, change->key.number, articles - change->values[0], articles);
}

bool counters_flush(struct counters *c, struct db *db)
{
    for (size_t i = 0; i < c->slot_count; i++) {
        if (c->slots[i].used && c->slots[i].key.kind == ENTITY) {
            write_entity(c, db, &c->slots[i]);
        }
    }
    counters_keep(c);
    for (size_t i = 0; i < c->slot_count; i++) {
        if (c->slots[i].used && c->slots[i].key.kind != ENTITY && c->slots[i].values[0] != 0) {
            write_counter(db, &c->slots[i].key, c->slots[i].values[0]);
        }
    }
    bool whole = !c->nomem;
    counters_drop_all(c);
    return whole;
}

int64_t counters_read(struct db *db, enum counter counter, int64_t number, struct slice text)
{
    struct key key = key_of((uint32_t)counter, number, text);
    char key_string[48];
    key_text(&key, key_string);
    sqlite3_stmt *s = db_use(db, "SELECT value FROM counters WHERE name = ?1 AND key = ?2");
    db_bind_text(s, 1, slice_cstr(names[counter]));
    db_bind_text(s, 2, slice_cstr(key_string));
    int64_t value = db_step(db, s) ? db_int(s, 0) : 0;
    db_done(s);
    return value;
}
