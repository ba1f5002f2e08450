#include "store/suggest_parts.h"

#include <math.h>
#include <stdlib.h>

#include "store/tokenizer.h"
#include "text/fold.h"
#include "text/utf8.h"

/* Entities whose rows are read; the others are less well known. */
#define CANDIDATES_MOST 128
/* ---- the query */

struct joining {
    struct arena *arena;
    struct slice text;
};

static int join_word(void *context, struct slice folded, int start_byte, int end_byte)
{
    struct joining *j = context;
    (void)start_byte;
    (void)end_byte;
    j->text = j->text.len
                  ? arena_printf(j->arena, "%.*s %.*s", SLICE_ARG(j->text), SLICE_ARG(folded))
                  : arena_copy(j->arena, folded);
    return 0;
}

/* "l'élys" is looked for as "l elys" and as "elys". A blank at the end is meant: "maison b", not "maisonnette". */
static enum rc read_query(struct suggesting *s, struct err *e)
{
    struct joining joined = {s->arena, SLICE_NONE};
    s->keys[0] = fold_key(s->arena, s->query->q);
    if (s->keys[0].len == 0) {
        return err_field(e, RC_INVALID, "q", "no letter to look a name up by");
    }
    tokenizer_walk(s->query->q, join_word, &joined);
    if (joined.text.len > 0 && !slice_equal(joined.text, s->keys[0])) {
        s->keys[1] = joined.text;
    }
    return RC_OK;
}

/* ---- where in a name */

size_t suggest_at_word(struct slice key, struct slice start)
{
    for (size_t at = 0; (at = slice_find(key, start, at)) != SIZE_MAX; at++) {
        if (at == 0 || key.ptr[at - 1] == ' ') {
            return at;
        }
    }
    return SIZE_MAX;
}

/* Letters of `text` that fold to at least `len` bytes of its key: the key of a beginning begins the key. */
static uint32_t letters_for(struct arena *arena, struct slice text, const size_t *ends,
                            size_t count, size_t len)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        size_t bytes = middle ? ends[middle - 1] : 0;
        if (fold_key(arena, slice_of(text.ptr, bytes)).len < len) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return (uint32_t)low;
}

bool suggest_locate(struct arena *arena, struct slice text, struct slice start,
                    struct store_suggestion *row)
{
    size_t at = suggest_at_word(fold_key(arena, text), start), count = 0;
    size_t *ends = ARENA_ARRAY(arena, size_t, text.len + 1);
    if (at == SIZE_MAX || ends == NULL) {
        return false;
    }
    for (size_t byte = 0; byte < text.len;) {
        utf8_decode(text, byte, &byte);
        ends[count++] = byte;
    }
    row->matched = text;
    row->start_cp = letters_for(arena, text, ends, count, at + 1) - 1;
    row->end_cp = letters_for(arena, text, ends, count, at + start.len);
    return true;
}

/* The name if it begins so, else the most frequent alias that does. */
static bool find_match(struct suggesting *s, struct found *found)
{
    if (found->scattered) {
        return suggest_scattered_match(s, found);
    }
    if (suggest_locate(s->arena, found->row.name, found->key, &found->row)) {
        return true;
    }
    struct db *db = s->reader->db;
    sqlite3_stmt *q = db_use(db, "SELECT text FROM entity_aliases WHERE entity = ?1"
                                 " AND instr(' ' || key, ' ' || ?2) > 0"
                                 " ORDER BY mentions DESC, text LIMIT 1");
    db_bind_int(q, 1, found->entity);
    db_bind_text(q, 2, found->key);
    struct slice alias = db_step(db, q) ? db_text_copy(db, q, 0, s->arena) : SLICE_NONE;
    db_done(q);
    return slice_present(alias) && suggest_locate(s->arena, alias, found->key, &found->row);
}

/* ---- entities */

static int by_entity(const void *a, const void *b)
{
    const struct suggest_hit *x = a, *y = b;
    int order = (x->entity > y->entity) - (x->entity < y->entity);
    return order ? order : (int)y->whole - (int)x->whole;
}

static int by_weight(const void *a, const void *b)
{
    const struct suggest_hit *x = a, *y = b;
    int order = (x->weight + x->whole < y->weight + y->whole) -
                (x->weight + x->whole > y->weight + y->whole);
    return order ? order : by_entity(a, b);
}

static void read_entity(struct suggesting *s, const struct suggest_hit *hit, struct slice key)
{
    struct db *db = s->reader->db;
    sqlite3_stmt *q = db_use(db, "SELECT public_id, slug, name, type, articles, last_seen_ms"
                                 " FROM entities WHERE id = ?1");
    db_bind_int(q, 1, hit->entity);
    struct found *found = db_step(db, q) ? ARENA_PUSH(s->arena, &s->list) : NULL;
    if (found != NULL) {
        struct columns c = {db, q, s->arena, 0};
        found->row.id = next_id(&c);
        found->row.slug = next_text(&c);
        found->row.name = next_text(&c);
        found->row.type = (enum entity_type)next_int(&c);
        found->row.articles = next_int(&c);
        found->row.last_seen_ms = next_int(&c);
        found->entity = hit->entity;
        found->whole = hit->whole;
        found->key = key;
    }
    db_done(q);
}

static bool is_listed(const struct suggesting *s, int64_t entity)
{
    for (size_t i = 0; i < s->list.count; i++) {
        if (s->list.items[i].entity == entity) {
            return true;
        }
    }
    return false;
}

void suggest_find_entities(struct suggesting *s, struct slice key, size_t most)
{
    struct suggest_hits hits = {0};
    struct suggest_ask ask = {.key = key,
                              .last = arena_printf(s->arena, "%.*s\xff", SLICE_ARG(key)),
                              .type = s->query->has_type ? (int64_t)s->query->type : -1,
                              .wanted = s->query->limit};
    suggest_words_find(s->reader->db, &ask, s->arena, &hits);
    if (hits.count == 0) {
        return;
    }
    size_t kept = 1;
    qsort(hits.items, hits.count, sizeof *hits.items, by_entity);
    for (size_t i = 1; i < hits.count; i++) {
        if (hits.items[i].entity != hits.items[kept - 1].entity) {
            hits.items[kept++] = hits.items[i];
        }
    }
    qsort(hits.items, kept, sizeof *hits.items, by_weight);
    for (size_t i = 0; i < kept && i < most; i++) {
        if (!is_listed(s, hits.items[i].entity)) {
            read_entity(s, &hits.items[i], key);
        }
    }
}

/* ---- order */

/* What has the words in another order comes behind what has them as they were typed. */
#define SCATTERED_LOSES 100

/* Half a year of silence weighs as much as half of the articles, two years at most; a word typed to its end as much as
 * twice of them. */
static void score(struct suggesting *s)
{
    const double half_year_ms = 182.0 * 86400000;
    int64_t newest_ms = 0;
    for (size_t i = 0; i < s->list.count; i++) {
        int64_t seen_ms = s->list.items[i].row.last_seen_ms;
        newest_ms = seen_ms > newest_ms ? seen_ms : newest_ms;
    }
    for (size_t i = 0; i < s->list.count; i++) {
        struct found *found = &s->list.items[i];
        bool dated = found->row.kind == STORE_SUGGEST_ENTITY;
        double age = dated ? (double)(newest_ms - found->row.last_seen_ms) / half_year_ms : 0;
        found->score =
            log2(1 + (double)found->row.articles) - fmin(age, 4) + (found->whole ? 1 : 0);
        found->score -= found->scattered ? SCATTERED_LOSES : 0;
    }
}

static int by_score(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    int order = (x->score < y->score) - (x->score > y->score);
    order =
        order ? order : (x->row.articles < y->row.articles) - (x->row.articles > y->row.articles);
    order = order ? order : slice_compare(x->row.name, y->row.name);
    return order ? order : (x->entity > y->entity) - (x->entity < y->entity);
}

static enum rc give(struct suggesting *s, struct store_suggestion **rows, size_t *count,
                    struct err *e)
{
    struct store_suggestion *out = ARENA_ARRAY(s->arena, struct store_suggestion, s->query->limit);
    size_t given = 0;
    if (out == NULL) {
        return err_nomem(e);
    }
    if (s->list.count > 0) {
        score(s);
        qsort(s->list.items, s->list.count, sizeof *s->list.items, by_score);
    }
    for (size_t i = 0; i < s->list.count && given < s->query->limit; i++) {
        if (find_match(s, &s->list.items[i])) {
            out[given++] = s->list.items[i].row;
        }
    }
    enum rc rc = db_check(s->reader->db, e);
    if (rc == RC_OK) {
        *rows = out;
        *count = given;
    }
    return rc;
}

enum rc store_suggest(struct store_reader *reader, const struct store_suggest_query *query,
                      struct arena *arena, struct store_suggestion **rows, size_t *count,
                      struct err *e)
{
    struct suggesting s = {.reader = reader, .query = query, .arena = arena};
    enum rc rc = read_query(&s, e);
    if (rc != RC_OK) {
        return rc;
    }
    bool entered = reader_enter(reader);
    for (size_t i = 0; i < 2 && query->entities && slice_present(s.keys[i]); i++) {
        suggest_find_entities(&s, s.keys[i], CANDIDATES_MOST);
    }
    if (query->entities && s.list.count < query->limit) {
        suggest_scattered(&s);
    }
    if (query->sources) {
        suggest_sources(&s);
    }
    if (query->sections) {
        suggest_sections(&s);
    }
    rc = give(&s, rows, count, e);
    reader_leave(reader, entered);
    return rc;
}
