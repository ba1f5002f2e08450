#include "store/recent.h"
#include "store/stale.h"

static void put32(unsigned char *at, int64_t value)
{
    for (int i = 0; i < 4; i++) {
        at[i] = (unsigned char)((uint64_t)value >> (8 * i));
    }
}

static int64_t get32(const unsigned char *at)
{
    return (int64_t)(at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24);
}

bool recent_read(struct db *db, int64_t entity, struct recent *out)
{
    sqlite3_stmt *s =
        db_use(db, "SELECT articles, since_ms, speaks, spoken_about, gender, companions"
                   " FROM entity_recent WHERE entity = ?1"
                   " AND NOT EXISTS (SELECT 1 FROM entity_recent_stale WHERE entity = ?1)");
    db_bind_int(s, 1, entity);
    bool found = db_step(db, s);
    if (found) {
        struct slice pairs = db_blob(s, 5);
        *out = (struct recent){db_int(s, 0),
                               db_int(s, 1),
                               db_int(s, 2),
                               db_int(s, 3),
                               (enum gender)(db_int(s, 4) % 3),
                               {{0, 0}},
                               0};
        for (size_t at = 0; at + 8 <= pairs.len && at / 8 < STORE_RECENT_COMPANIONS; at += 8) {
            const unsigned char *pair = (const unsigned char *)pairs.ptr + at;
            out->companions[out->companion_count++] =
                (struct recent_companion){get32(pair), get32(pair + 4)};
        }
    }
    db_done(s);
    return found;
}

static void write(struct db *db, int64_t entity, const struct recent *recent)
{
    unsigned char pairs[8 * STORE_RECENT_COMPANIONS];
    for (size_t i = 0; i < recent->companion_count; i++) {
        put32(pairs + 8 * i, recent->companions[i].entity);
        put32(pairs + 8 * i + 4, recent->companions[i].shared);
    }
    sqlite3_stmt *s =
        db_use(db, "INSERT OR REPLACE INTO entity_recent (entity, articles, since_ms, speaks,"
                   " spoken_about, gender, companions) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    db_bind_int(s, 1, entity);
    db_bind_int(s, 2, recent->articles);
    db_bind_int(s, 3, recent->since_ms);
    db_bind_int(s, 4, recent->speaks);
    db_bind_int(s, 5, recent->spoken_about);
    db_bind_int(s, 6, (int64_t)recent->gender);
    db_bind_blob(s, 7, pairs, 8 * recent->companion_count);
    db_run(db, s);
}

void recent_stale_article(struct writer *w, int64_t article)
{
    sqlite3_stmt *s = db_use(w->db, "INSERT OR IGNORE INTO entity_recent_stale"
                                    " SELECT entity FROM article_entities WHERE article = ?1");
    db_bind_int(s, 1, article);
    db_run(w->db, s);
}

void recent_stale(struct writer *w, int64_t entity)
{
    sqlite3_stmt *s = db_use(w->db, "INSERT OR IGNORE INTO entity_recent_stale"
                                    " SELECT id FROM entities WHERE id = ?1");
    db_bind_int(s, 1, entity);
    db_run(w->db, s);
}

static void renew(struct writer *w, int64_t entity)
{
    struct recent recent;
    if (recent_count(w->db, entity, w->arena, &recent)) {
        write(w->db, entity, &recent);
    }
}

bool recent_keep(struct writer *w)
{
    static const struct stale kind = {
        .any = "SELECT EXISTS (SELECT 1 FROM entity_recent_stale)",
        .some = "SELECT entity FROM entity_recent_stale LIMIT ?1",
        .settle = "DELETE FROM entity_recent_stale WHERE entity = ?1",
        .at_once = 32, /* a write that comes meanwhile waits some milliseconds */
        .renew = renew,
    };
    return stale_keep(w, &kind);
}
