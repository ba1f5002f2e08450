#include "store/check.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "store/duplicate_rows.h"
#include "store/integrity.h"
#include "store/list_sql.h"

CLEANUP_DEFINE(db_close, struct db)

/* Entities whose names went ahead of their rows, and those to which they went. */
#define MOVING                                                                                     \
    "SELECT v.entity FROM entity_moves v UNION SELECT e.merged_into FROM entity_moves v"           \
    " JOIN entities e ON e.id = v.entity WHERE e.merged_into IS NOT NULL"

/* Each query gives one row per difference: what, stored, counted. None: all is well. */
static const char *const checks[] = {
    /* counters */
    "WITH live AS (SELECT source, substr(coalesce(lang, ''), 1, 15) AS lang FROM articles"
    "  WHERE deleted_ms IS NULL),"
    " counted (name, key, value) AS ("
    "  SELECT 'articles', '', count(*) FROM live UNION ALL"
    "  SELECT 'articles.source', source, count(*) FROM live WHERE source IS NOT NULL GROUP BY 2 "
    "UNION ALL"
    "  SELECT 'articles.lang', lang, count(*) FROM live GROUP BY 2 UNION ALL"
    "  SELECT 'articles.source_lang', source || '/' || lang, count(*) FROM live"
    "   WHERE source IS NOT NULL GROUP BY 2 UNION ALL"
    "  SELECT 'articles.analyser', substr(analyser, 1, 15), count(*) FROM articles WHERE "
    "deleted_ms IS NULL"
    "   GROUP BY 2 UNION ALL"
    "  SELECT 'tombstones', '', count(*) FROM articles WHERE deleted_ms IS NOT NULL UNION ALL"
    "  SELECT 'duplicates', '', count(*) FROM articles WHERE duplicate = 1 UNION ALL"
    "  SELECT 'mentions', '', count(*) FROM mentions UNION ALL"
    "  SELECT 'quotes', '', count(*) FROM quotes UNION ALL"
    "  SELECT 'quotes.type', type, count(*) FROM quotes GROUP BY 2 UNION ALL"
    "  SELECT 'quotes.source', source, count(*) FROM quotes WHERE source IS NOT NULL GROUP BY 2 "
    "UNION ALL"
    "  SELECT 'quotes.lang', substr(coalesce(lang, ''), 1, 15), count(*) FROM quotes GROUP BY 2 "
    "UNION ALL"
    "  SELECT 'articles.day', 2000000 + (sort_ms - (sort_ms % 86400000 + 86400000) % 86400000)"
    "   / 86400000, count(*) FROM articles WHERE deleted_ms IS NULL GROUP BY 2 UNION ALL"
    "  SELECT 'mentions.day', 2000000 + (sort_ms - (sort_ms % 86400000 + 86400000) % 86400000)"
    "   / 86400000, sum(mention_count) FROM articles WHERE deleted_ms IS NULL GROUP BY 2 UNION ALL"
    "  SELECT 'quotes.day', 2000000 + (sort_ms - (sort_ms % 86400000 + 86400000) % 86400000)"
    "   / 86400000, count(*) FROM quotes GROUP BY 2 UNION ALL"
    "  SELECT 'entities', '', count(*) FROM entities WHERE articles > 0 UNION ALL"
    "  SELECT 'entities.type', type, count(*) FROM entities WHERE articles > 0 GROUP BY 2),"
    " both (name, key, stored, counted) AS ("
    "  SELECT name, key, value, 0 FROM counters UNION ALL"
    "  SELECT name, CAST(key AS TEXT), 0, value FROM counted)"
    " SELECT 'counter ' || name || ' ' || key, sum(stored), sum(counted) FROM both"
    " GROUP BY name, key HAVING sum(stored) <> sum(counted)",
    /* entities */
    "SELECT 'entity ' || name || ': articles', articles, n FROM (SELECT e.name, e.articles,"
    " (SELECT count(*) FROM article_entities WHERE entity = e.id) AS n FROM entities e)"
    " WHERE articles <> n",
    "SELECT 'entity ' || name || ': mentions', mentions, n FROM (SELECT e.name, e.mentions,"
    " (SELECT coalesce(sum(mentions), 0) FROM article_entities WHERE entity = e.id) AS n FROM "
    "entities e)"
    " WHERE mentions <> n",
    "SELECT 'entity ' || name || ': quotes_by', quotes_by, n FROM (SELECT e.name, e.quotes_by,"
    " (SELECT count(*) FROM quotes WHERE speaker = e.id) AS n FROM entities e) WHERE quotes_by <> "
    "n",
    "SELECT 'entity ' || name || ': quotes_about', quotes_about, n FROM (SELECT e.name, "
    "e.quotes_about,"
    " (SELECT count(*) FROM quote_entities WHERE entity = e.id AND roles & 2) AS n FROM entities e)"
    " WHERE quotes_about <> n",
    "SELECT 'entity ' || name || ': first_seen', first_seen_ms, n FROM (SELECT e.name, "
    "e.first_seen_ms,"
    " (SELECT min(sort_ms) FROM article_entities WHERE entity = e.id) AS n FROM entities e)"
    " WHERE first_seen_ms IS NOT n",
    "SELECT 'entity ' || name || ': last_seen', last_seen_ms, n FROM (SELECT e.name, "
    "e.last_seen_ms,"
    " (SELECT max(sort_ms) FROM article_entities WHERE entity = e.id) AS n FROM entities e)"
    " WHERE last_seen_ms IS NOT n",
    /* printed forms */
    "WITH counted (entity, text, mentions, names) AS ("
    "  SELECT m.entity, CAST(substr(CAST(t.text AS BLOB), m.start_byte + 1, m.end_byte - "
    "m.start_byte)"
    "   AS TEXT), 1, 0 FROM mentions m JOIN article_texts t ON t.article = m.article UNION ALL"
    "  SELECT entity, name, 0, 1 FROM article_entities)"
    " SELECT 'alias ' || text, sum(stored), sum(counted) FROM ("
    "  SELECT entity, text, mentions + 1000000 * names AS stored, 0 AS counted FROM entity_aliases"
    "  UNION ALL SELECT entity, text, 0, mentions + 1000000 * names FROM counted)"
    " WHERE entity NOT IN (" MOVING ")"
    " GROUP BY entity, text HAVING sum(stored) <> sum(counted)",
    "SELECT 'title ' || text, sum(stored), sum(counted) FROM ("
    "  SELECT entity, key, text, articles + first_seen_ms + last_seen_ms AS stored, 0 AS counted"
    "  FROM entity_titles UNION ALL"
    "  SELECT entity, key, text, 0, count(*) + min(sort_ms) + max(sort_ms) FROM article_titles"
    "  GROUP BY entity, key) WHERE entity NOT IN (SELECT entity FROM entity_moves)"
    " GROUP BY entity, key HAVING sum(stored) <> sum(counted)",
    /* autocomplete */
    "WITH RECURSIVE places (at) AS MATERIALIZED (SELECT 1 UNION ALL SELECT at + 1 FROM places"
    "  WHERE at < 400),"
    " powers (of) AS MATERIALIZED (SELECT 1 UNION ALL SELECT of * 2 FROM powers WHERE of < 1 << "
    "30),"
    " named (entity, key) AS (SELECT entity, key FROM entity_aliases UNION SELECT id, key FROM "
    "entities),"
    " counted (entity, word, type, weight) AS (SELECT DISTINCT e.id, substr(n.key, p.at), e.type,"
    "  (SELECT count(*) FROM powers WHERE of <= e.articles) FROM named n CROSS JOIN entities e"
    "  ON e.id = n.entity CROSS JOIN places p WHERE e.merged_into IS NULL AND e.forbidden = 0"
    "  AND p.at <= length(n.key) AND (p.at = 1 OR substr(n.key, p.at - 1, 1) = ' '))"
    " SELECT 'word ' || word || ' of entity ' || entity, sum(stored), sum(counted) FROM ("
    "  SELECT entity, word, 1 + 10 * type + 100 * weight AS stored, 0 AS counted FROM entity_words"
    "  UNION ALL SELECT entity, word, 0, 1 + 10 * type + 100 * weight FROM counted)"
    " GROUP BY entity, word HAVING sum(stored) <> sum(counted)",
    /* what is kept of an entity's newest articles */
    "SELECT 'recent articles of entity ' || entity, articles, n FROM (SELECT r.entity, r.articles,"
    " (SELECT min(50, count(*)) FROM article_entities WHERE entity = r.entity) AS n"
    " FROM entity_recent r WHERE entity NOT IN (SELECT entity FROM entity_recent_stale))"
    " WHERE articles <> n",
    "SELECT 'recent articles of entity ' || id || ' are unknown', 0, 1 FROM entities"
    " WHERE articles > 0 AND id NOT IN (SELECT entity FROM entity_recent UNION"
    "  SELECT entity FROM entity_recent_stale)",
    /* articles */
    "SELECT 'article ' || id || ': entity_count', entity_count, n FROM (SELECT a.id, "
    "a.entity_count,"
    " (SELECT count(*) FROM article_entities WHERE article = a.id) AS n FROM articles a)"
    " WHERE entity_count <> n",
    "SELECT 'article ' || id || ': mention_count', mention_count, n FROM (SELECT a.id, "
    "a.mention_count,"
    " (SELECT count(*) FROM mentions WHERE article = a.id) AS n FROM articles a)"
    " WHERE mention_count <> n",
    "SELECT 'article ' || id || ': quote_count', quote_count, n FROM (SELECT a.id, a.quote_count,"
    " (SELECT count(*) FROM quotes WHERE article = a.id) AS n FROM articles a) WHERE quote_count "
    "<> n",
    "SELECT 'article ' || a.id || ': text', a.deleted_ms IS NULL, t.article IS NOT NULL FROM "
    "articles a"
    " LEFT JOIN article_texts t ON t.article = a.id"
    " WHERE (a.deleted_ms IS NULL) <> (t.article IS NOT NULL)",
    "SELECT 'article ' || a.id || ': date, source or language of entity ' || ae.entity, 0, 1"
    " FROM article_entities ae JOIN articles a ON a.id = ae.article"
    " WHERE ae.sort_ms <> a.sort_ms OR ae.source IS NOT a.source OR ae.lang IS NOT a.lang",
    "SELECT 'article ' || article || ': mentions of entity ' || entity, mentions, n FROM ("
    " SELECT ae.article, ae.entity, ae.mentions, (SELECT count(*) FROM mentions m"
    "  WHERE m.article = ae.article AND m.entity = ae.entity) AS n FROM article_entities ae)"
    " WHERE mentions <> n",
    "SELECT 'article ' || article || ': quotes of entity ' || entity, stored, n FROM ("
    " SELECT ae.article, ae.entity, ae.quotes_by + 1000000 * ae.quotes_about AS stored,"
    "  (SELECT coalesce(sum((p.roles & 1) + 1000000 * ((p.roles & 2) / 2)), 0) FROM quotes q"
    "   JOIN quote_entities p ON p.quote = q.id WHERE q.article = ae.article AND p.entity = "
    "ae.entity)"
    "  AS n FROM article_entities ae) WHERE stored <> n",
    /* copies */
    "SELECT 'cluster ' || id || ': size', size, n FROM (SELECT c.id, c.size, (SELECT count(*) FROM"
    " articles WHERE cluster = c.id) AS n FROM article_clusters c) WHERE size <> n OR size < 2",
    "SELECT 'cluster ' || id || ': first', first, n FROM (SELECT c.id, c.first, (SELECT a.id FROM"
    " articles a WHERE a.cluster = c.id ORDER BY " DUPLICATE_MOMENT ", a.id LIMIT 1) AS n"
    " FROM article_clusters c) WHERE first IS NOT n",
    "SELECT 'article ' || a.id || ': duplicate', a.duplicate, 1 - a.duplicate FROM articles a"
    " LEFT JOIN article_clusters c ON c.id = a.cluster"
    " WHERE a.duplicate <> (c.first IS NOT NULL AND c.first <> a.id)",
    "SELECT 'shingles of article ' || s.article, count(*), 0 FROM article_shingles s"
    " LEFT JOIN article_sketches k ON k.article = s.article WHERE k.article IS NULL"
    " GROUP BY s.article",
    /* quotes */
    "SELECT 'quote ' || q.id || ': date, source or language', 0, 1 FROM quotes q JOIN articles a"
    " ON a.id = q.article WHERE q.sort_ms <> a.sort_ms OR q.source IS NOT a.source"
    " OR q.lang IS NOT a.lang",
    "SELECT 'quote ' || q.id || ': copy in quote_entities', 0, 1 FROM quote_entities p JOIN quotes "
    "q"
    " ON q.id = p.quote WHERE p.sort_ms <> q.sort_ms OR p.source IS NOT q.source"
    " OR p.lang IS NOT q.lang OR p.type <> q.type",
    "SELECT 'quote ' || id || ': speaker', speaker, n FROM (SELECT q.id, q.speaker, (SELECT entity"
    " FROM quote_entities WHERE quote = q.id AND roles & 1) AS n FROM quotes q) WHERE speaker IS "
    "NOT n",
    "SELECT 'quote ' || id || ': about_count', about_count, n FROM (SELECT q.id, q.about_count,"
    " (SELECT count(*) FROM quote_entities WHERE quote = q.id AND roles & 2) AS n FROM quotes q)"
    " WHERE about_count <> n",
    "SELECT 'prints of quote ' || quote || ', which is gone', count(*), 0 FROM quote_prints"
    " WHERE quote NOT IN (SELECT id FROM quotes) GROUP BY quote",
    /* merged and forbidden entities have nothing left */
    "SELECT 'entity ' || name || ' was merged or forbidden', 0, articles + quotes_by + quotes_about"
    " FROM entities WHERE (merged_into IS NOT NULL OR forbidden) AND"
    " articles + quotes_by + quotes_about <> 0 AND id NOT IN (SELECT entity FROM entity_moves)",
    ("SELECT 'entity ' || e.name || ' is merged into one that is merged', 0, 1 FROM entities e"
     " JOIN entities m ON m.id = e.merged_into WHERE m.merged_into IS NOT NULL"),
};

struct differences {
    struct store_difference *items;
    size_t count, capacity;
    size_t most;
    struct arena *arena;
};

static void add(struct db *db, struct differences *out, struct slice what)
{
    struct store_difference *difference = ARENA_PUSH(out->arena, out);
    if (difference == NULL || !slice_present(what)) {
        db->nomem = true;
        return;
    }
    difference->what = what;
}

static void run_check(struct db *db, const char *sql, struct differences *out)
{
    sqlite3_stmt *s = db_use(db, sql);
    while (out->count < out->most && db_step(db, s)) {
        struct slice what = db_text(s, 0);
        add(db, out,
            arena_printf(out->arena, "%.*s is %lld, should be %lld", SLICE_ARG(what),
                         (long long)db_int(s, 1), (long long)db_int(s, 2)));
    }
    db_done(s);
}

struct finding {
    struct db *db; /* of the reader, where running out of memory is noted */
    struct differences *out;
};

static void add_fault(void *context, struct slice what)
{
    struct finding *finding = context;
    if (finding->out->count < finding->out->most) {
        add(finding->db, finding->out, arena_copy(finding->out->arena, what));
    }
}

/* A connection of its own: FTS5's check is spelled as a write. */
static enum rc run_deep(struct store_reader *reader, struct differences *out, struct err *e)
{
    CLEANUP(db_close_p) struct db *db = NULL;
    struct db_options options = {
        .path = store_path(reader->store), .busy_timeout_ms = 10000, .cache_bytes = 8u << 20};
    struct finding finding = {reader->db, out};
    enum rc rc = db_open(&db, &options, e);
    if (rc != RC_OK) {
        return rc;
    }
    integrity_check(db, add_fault, &finding);
    return db_check(db, e);
}

enum rc store_recount_check(struct store_reader *reader, bool deep, uint32_t most,
                            struct arena *arena, struct store_difference **rows, size_t *count,
                            struct err *e)
{
    struct differences found = {.most = most, .arena = arena};
    bool entered = reader_enter(reader);
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        run_check(reader->db, checks[i], &found);
    }
    reader_leave(reader, entered);
    enum rc rc = db_check(reader->db, e);
    if (rc == RC_OK && deep) {
        rc = run_deep(reader, &found, e);
    }
    if (rc == RC_OK) {
        *rows = found.items;
        *count = found.count;
    }
    return rc;
}
