#include "store/duplicate_rows.h"

#include <stdlib.h>

#include "store/change_rows.h"

enum {
    ROWS_OF_SHINGLE =
        32,           /* the newest that share it: a formula that everyone prints tells nothing */
    SHARED_LEAST = 2, /* of SKETCH_INDEXED: one alone may be chance */
    COMPARED_MOST = 8,
    MERGED_MOST = 256, /* articles that change clusters at once */
    PARTED_MOST = 64   /* a larger cluster stays together when one leaves */
};

/* ---- sketches */

static void write_sketch(struct db *db, int64_t article, const struct sketch *sketch)
{
    sqlite3_stmt *s = db_use(db, "INSERT OR REPLACE INTO article_sketches (article, shingles,"
                                 " sketch) VALUES (?1, ?2, ?3)");
    db_bind_int(s, 1, article);
    db_bind_int(s, 2, sketch->shingles);
    db_bind_blob(s, 3, sketch->hashes, sketch->count * sizeof sketch->hashes[0]);
    db_run(db, s);
    for (uint32_t i = 0; i < sketch->count && i < SKETCH_INDEXED; i++) {
        s = db_use(db, "INSERT OR IGNORE INTO article_shingles (shingle, article) VALUES (?1, ?2)");
        db_bind_int(s, 1, sketch->hashes[i]);
        db_bind_int(s, 2, article);
        db_run(db, s);
    }
}

bool duplicate_rows_sketch(struct db *db, int64_t article, struct sketch *out)
{
    sqlite3_stmt *s =
        db_use(db, "SELECT shingles, sketch FROM article_sketches WHERE article = ?1");
    db_bind_int(s, 1, article);
    *out = (struct sketch){0};
    if (db_step(db, s)) {
        struct slice bytes = db_blob(s, 1);
        size_t count = bytes.len / sizeof out->hashes[0];
        out->shingles = (uint32_t)db_int(s, 0);
        out->count = (uint32_t)(count < SKETCH_MOST ? count : SKETCH_MOST);
        if (out->count > 0) {
            memcpy(out->hashes, bytes.ptr, out->count * sizeof out->hashes[0]);
        }
    }
    db_done(s);
    return out->count > 0;
}

static void remove_sketch(struct db *db, int64_t article, const struct sketch *sketch)
{
    sqlite3_stmt *s;
    for (uint32_t i = 0; i < sketch->count && i < SKETCH_INDEXED; i++) {
        s = db_use(db, "DELETE FROM article_shingles WHERE shingle = ?1 AND article = ?2");
        db_bind_int(s, 1, sketch->hashes[i]);
        db_bind_int(s, 2, article);
        db_run(db, s);
    }
    s = db_use(db, "DELETE FROM article_sketches WHERE article = ?1");
    db_bind_int(s, 1, article);
    db_run(db, s);
}

/* ---- candidates */

struct candidate {
    int64_t article;
    int shared;
};

struct candidates {
    struct candidate items[SKETCH_INDEXED * ROWS_OF_SHINGLE];
    size_t count;
};

static int by_article(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return (x->article > y->article) - (x->article < y->article);
}

static int by_shared(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return x->shared != y->shared ? y->shared - x->shared : by_article(a, b);
}

static void find_candidates(struct db *db, const struct sketch *sketch, struct candidates *out)
{
    out->count = 0;
    for (uint32_t i = 0; i < sketch->count && i < SKETCH_INDEXED; i++) {
        sqlite3_stmt *s = db_use(db, "SELECT article FROM article_shingles WHERE shingle = ?1"
                                     " ORDER BY article DESC LIMIT ?2");
        db_bind_int(s, 1, sketch->hashes[i]);
        db_bind_int(s, 2, ROWS_OF_SHINGLE);
        for (int rows = 0; rows < ROWS_OF_SHINGLE && db_step(db, s); rows++) {
            out->items[out->count++] = (struct candidate){db_int(s, 0), 1};
        }
        db_done(s);
    }
    qsort(out->items, out->count, sizeof out->items[0], by_article);
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++) {
        if (kept > 0 && out->items[kept - 1].article == out->items[i].article) {
            out->items[kept - 1].shared++;
        } else {
            out->items[kept++] = out->items[i];
        }
    }
    qsort(out->items, kept, sizeof out->items[0], by_shared);
    out->count = 0;
    while (out->count < kept && out->count < COMPARED_MOST &&
           out->items[out->count].shared >= SHARED_LEAST) {
        out->count++;
    }
}

struct match {
    int64_t article;
    float resemblance;
};

static int by_resemblance(const void *a, const void *b)
{
    const struct match *x = a, *y = b;
    return x->resemblance != y->resemblance ? (x->resemblance < y->resemblance) * 2 - 1
                                            : (x->article > y->article) - (x->article < y->article);
}

/* ---- clusters */

struct cluster_row {
    int64_t id, first, size;
};

static struct cluster_row cluster_of(struct db *db, int64_t article)
{
    struct cluster_row row = {0};
    sqlite3_stmt *s = db_use(db, "SELECT c.id, c.first, c.size FROM articles a JOIN"
                                 " article_clusters c ON c.id = a.cluster WHERE a.id = ?1");
    db_bind_int(s, 1, article);
    if (db_step(db, s)) {
        row = (struct cluster_row){db_int(s, 0), db_int(s, 1), db_int(s, 2)};
    }
    db_done(s);
    return row;
}

/* `cluster` 0: none. What it is a copy of may be another one now: it changed. */
static void place(struct writer *w, int64_t article, int64_t cluster, bool duplicate)
{
    sqlite3_stmt *s =
        db_use(w->db, "UPDATE articles SET cluster = ?2, duplicate = ?3, changed = CASE WHEN"
                      " duplicate <> ?3 OR (?3 AND cluster IS NOT ?2) THEN ?4 ELSE changed END"
                      " WHERE id = ?1");
    db_bind_int(s, 1, article);
    db_bind_maybe(s, 2, cluster != 0, cluster);
    db_bind_int(s, 3, duplicate);
    db_bind_int(s, 4, w->version + 1);
    db_run(w->db, s);
}

static void count_copies(struct writer *w, int64_t change)
{
    counters_add(w->counters, COUNT_DUPLICATES, -1, SLICE_NONE, change);
}

/* Writes the cluster's row: how many it has, who is first. */
static void settle(struct writer *w, struct cluster_row *c)
{
    struct db *db = w->db;
    sqlite3_stmt *s = db_use(db, "SELECT a.id, a.public_id FROM articles a WHERE a.cluster = ?1"
                                 " ORDER BY " DUPLICATE_MOMENT ", a.id LIMIT 1");
    db_bind_int(s, 1, c->id);
    bool found = db_step(db, s);
    int64_t first = found ? db_int(s, 0) : c->first, first_id = found ? db_int(s, 1) : 0;
    db_done(s);
    s = db_use(db,
               "UPDATE article_clusters SET first = ?2, first_id = ?3, size = ?4 WHERE id = ?1");
    db_bind_int(s, 1, c->id);
    db_bind_int(s, 2, first);
    db_bind_int(s, 3, first_id);
    db_bind_int(s, 4, c->size);
    db_run(db, s);
    if (first != c->first) {
        s = db_use(db, "UPDATE articles SET duplicate = 1 WHERE id = ?1 AND cluster = ?2");
        db_bind_int(s, 1, c->first); /* it may have left */
        db_bind_int(s, 2, c->id);
        db_run(db, s);
        change_rows_cluster(w, c->id, c->size);
    }
    place(w, first, c->id, false);
    c->first = first;
}

static struct cluster_row new_cluster(struct writer *w, int64_t first)
{
    struct cluster_row c = {0, first, 1};
    sqlite3_stmt *s =
        db_use(w->db, "INSERT INTO article_clusters (first, first_id, size) VALUES (?1, 0, 1)");
    db_bind_int(s, 1, first);
    db_run(w->db, s);
    c.id = sqlite3_last_insert_rowid(w->db->handle);
    place(w, first, c.id, false);
    return c;
}

static void add_member(struct writer *w, struct cluster_row *c, int64_t article)
{
    place(w, article, c->id, true);
    c->size++;
    count_copies(w, 1);
    settle(w, c);
}

static void drop_cluster(struct db *db, int64_t cluster)
{
    sqlite3_stmt *s = db_use(db, "DELETE FROM article_clusters WHERE id = ?1");
    db_bind_int(s, 1, cluster);
    db_run(db, s);
}

static void merge(struct writer *w, struct cluster_row *into, const struct cluster_row *from)
{
    sqlite3_stmt *s = db_use(w->db, "UPDATE articles SET cluster = ?2, duplicate = 1, changed = ?3"
                                    " WHERE cluster = ?1");
    db_bind_int(s, 1, from->id);
    db_bind_int(s, 2, into->id);
    db_bind_int(s, 3, w->version + 1);
    db_run(w->db, s);
    into->size += from->size;
    count_copies(w, 1); /* its first stood for the others */
    settle(w, into);
    drop_cluster(w->db, from->id);
}

static void unite(struct writer *w, int64_t article, int64_t other)
{
    struct cluster_row mine = cluster_of(w->db, article), theirs = cluster_of(w->db, other);
    if (mine.id != 0 && mine.id == theirs.id) {
        return;
    }
    if (mine.id != 0 && theirs.id != 0) {
        bool larger = mine.size >= theirs.size;
        struct cluster_row *into = larger ? &mine : &theirs, *from = larger ? &theirs : &mine;
        if (from->size <= MERGED_MOST) {
            merge(w, into, from);
        }
        return;
    }
    if (mine.id == 0 && theirs.id == 0) {
        theirs = new_cluster(w, other);
    }
    add_member(w, mine.id ? &mine : &theirs, mine.id ? other : article);
}

/* What one member has of a story isn't what the others have: the news of the day, which print several in full, would
 * join them all. So the first is asked too, or a second member, unless the likeness leaves no doubt. */
static bool belongs(struct db *db, const struct sketch *sketch, const struct match *matches,
                    size_t count, size_t at)
{
    struct cluster_row c = cluster_of(db, matches[at].article);
    struct sketch first;
    if (matches[at].resemblance >= SKETCH_STRONG || c.id == 0 || c.first == matches[at].article) {
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        if (i != at && cluster_of(db, matches[i].article).id == c.id) {
            return true;
        }
    }
    return duplicate_rows_sketch(db, c.first, &first) &&
           sketch_is_kin(sketch_compare(sketch, &first));
}

/* Of an article that is in a cluster already: does another one that it is like, with its own cluster, come too? As it
 * would have, had the article been there before it: the order in which copies arrive decides nothing. */
static bool comes_too(struct db *db, int64_t article, const struct sketch *sketch,
                      const struct match *other)
{
    struct cluster_row mine = cluster_of(db, article), theirs = cluster_of(db, other->article);
    struct sketch a = *sketch, b;
    if (other->resemblance >= SKETCH_STRONG) {
        return true;
    }
    return mine.id != theirs.id &&
           (mine.first == article || duplicate_rows_sketch(db, mine.first, &a)) &&
           duplicate_rows_sketch(db, theirs.id ? theirs.first : other->article, &b) &&
           sketch_is_kin(sketch_compare(&a, &b));
}

static size_t find_matches(struct writer *w, int64_t article, const struct sketch *sketch,
                           struct match *matches)
{
    size_t count = 0;
    struct candidates *found = ARENA_NEW(w->arena, struct candidates);
    if (found == NULL) {
        w->db->nomem = true;
        return 0;
    }
    find_candidates(w->db, sketch, found);
    for (size_t i = 0; i < found->count; i++) {
        struct sketch other;
        struct likeness likeness = {0};
        if (found->items[i].article != article &&
            duplicate_rows_sketch(w->db, found->items[i].article, &other)) {
            likeness = sketch_compare(sketch, &other);
        }
        if (sketch_is_copy(likeness)) {
            matches[count++] = (struct match){found->items[i].article, likeness.resemblance};
        }
    }
    qsort(matches, count, sizeof *matches, by_resemblance);
    return count;
}

/* Into the cluster of the one most alike; others follow that are of the same story. */
static void join(struct writer *w, int64_t article, const struct sketch *sketch)
{
    struct match matches[COMPARED_MOST];
    bool joined = false;
    size_t count = find_matches(w, article, sketch, matches);
    for (size_t i = 0; i < count; i++) {
        if (joined ? comes_too(w->db, article, sketch, &matches[i])
                   : belongs(w->db, sketch, matches, count, i)) {
            unite(w, article, matches[i].article);
            joined = true;
        }
    }
}

void duplicate_rows_join(struct writer *w, int64_t article, const struct document *document)
{
    struct sketch sketch;
    if (!sketch_make(w->arena, document, &sketch)) {
        w->db->nomem = true;
        return;
    }
    if (sketch.count > 0) {
        join(w, article, &sketch);
        write_sketch(w->db, article, &sketch);
    }
}

void duplicate_rows_renew(struct writer *w, int64_t article, const struct document *document)
{
    struct sketch stored, made;
    bool has = duplicate_rows_sketch(w->db, article, &stored);
    if (!sketch_make(w->arena, document, &made)) {
        w->db->nomem = true;
        return;
    }
    bool same = made.count == stored.count && made.shingles == stored.shingles &&
                memcmp(made.hashes, stored.hashes, made.count * sizeof made.hashes[0]) == 0;
    if (!same) {
        if (has) {
            duplicate_rows_leave(w, article);
        }
        duplicate_rows_join(w, article, document);
    }
}

/* ---- leaving */

struct member {
    int64_t article;
    size_t group; /* the first member that it holds together with */
    struct sketch sketch;
};

static size_t load_members(struct writer *w, int64_t cluster, struct member *members)
{
    size_t count = 0;
    sqlite3_stmt *s = db_use(w->db, "SELECT a.id FROM articles a WHERE a.cluster = ?1"
                                    " ORDER BY " DUPLICATE_MOMENT ", a.id");
    db_bind_int(s, 1, cluster);
    while (count < PARTED_MOST && db_step(w->db, s)) {
        members[count].article = db_int(s, 0);
        members[count].group = count;
        count++;
    }
    db_done(s);
    for (size_t i = 0; i < count; i++) {
        duplicate_rows_sketch(w->db, members[i].article, &members[i].sketch);
    }
    return count;
}

/* Gives every member the group of the first it is connected with; how many groups there are. */
static size_t group_members(struct member *members, size_t count)
{
    size_t groups = count;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            size_t a = members[i].group, b = members[k].group;
            if (a == b || !sketch_is_copy(sketch_compare(&members[i].sketch, &members[k].sketch))) {
                continue;
            }
            size_t into = a < b ? a : b, from = a < b ? b : a;
            for (size_t m = 0; m < count; m++) {
                members[m].group = members[m].group == from ? into : members[m].group;
            }
            groups--;
        }
    }
    return groups;
}

static void form_groups(struct writer *w, const struct member *members, size_t count)
{
    for (size_t g = 0; g < count; g++) {
        struct cluster_row c = {0};
        for (size_t i = g + 1; i < count && members[g].group == g; i++) {
            if (members[i].group == g) {
                c = c.id ? c : new_cluster(w, members[g].article);
                add_member(w, &c, members[i].article);
            }
        }
    }
}

static void part(struct writer *w, struct cluster_row *c)
{
    struct member *members =
        c->size <= PARTED_MOST ? ARENA_ARRAY(w->arena, struct member, PARTED_MOST) : NULL;
    size_t count = members ? load_members(w, c->id, members) : 0;
    if (members == NULL || (c->size > 1 && group_members(members, count) == 1)) {
        settle(w, c);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        place(w, members[i].article, 0, false);
    }
    count_copies(w, 1 - (int64_t)count);
    drop_cluster(w->db, c->id);
    form_groups(w, members, count);
}

static void leave_cluster(struct writer *w, struct cluster_row *c, int64_t article)
{
    place(w, article, 0, false);
    c->size--;
    count_copies(w, -1);
    part(w, c); /* one that is left alone is no cluster */
}

void duplicate_rows_leave(struct writer *w, int64_t article)
{
    struct sketch sketch;
    struct cluster_row c = cluster_of(w->db, article);
    if (duplicate_rows_sketch(w->db, article, &sketch)) {
        remove_sketch(w->db, article, &sketch);
    }
    if (c.id != 0) {
        leave_cluster(w, &c, article);
    }
}
