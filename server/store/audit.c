#include "store/audit.h"

#include <stdio.h>

#include "base/clock.h"
#include "store/list_sql.h"
#include "store/writer.h"

/* How often the oldest are looked at, and how many of them go at a time: no write waits for long. */
enum { TRIM_EVERY = 256, TRIM_MOST = 1024 };

static void trim(struct writer *w, int64_t newest)
{
    int64_t most = (int64_t)w->store->options.audit_most;
    if (most == 0 || newest <= most || newest % TRIM_EVERY != 0) {
        return;
    }
    sqlite3_stmt *s = db_use(w->db, "DELETE FROM audit WHERE id <= ?1 AND id <"
                                    " (SELECT min(id) FROM audit) + ?2");
    db_bind_int(s, 1, newest - most);
    db_bind_int(s, 2, TRIM_MOST);
    db_run(w->db, s);
}

void writer_audit(struct writer *w, const struct audit_entry *entry)
{
    sqlite3_stmt *s =
        db_use(w->db, "INSERT INTO audit (at_ms, who, action, target, detail, request)"
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    db_bind_int(s, 1, w->now_ms);
    db_bind_text(s, 2, entry->who);
    db_bind_text(s, 3, slice_cstr(entry->action));
    db_bind_text(s, 4, slice_present(entry->target) ? entry->target : SLICE(""));
    db_bind_text(s, 5, entry->detail);
    db_bind_text(s, 6, entry->request);
    db_run(w->db, s);
    trim(w, sqlite3_last_insert_rowid(w->db->handle));
}

/* ---- reading */

static void put_filters(struct list_sql *list, const struct store_audit_query *query)
{
    const struct {
        bool given;
        const char *before;
        int64_t value;
    } numbers[] = {{query->has_from, " AND at_ms >= ", query->from_ms},
                   {query->has_to, " AND at_ms < ", query->to_ms},
                   {query->after != 0, " AND id > ", query->after},
                   {query->before != 0, " AND id < ", query->before}};
    const struct {
        const char *before;
        struct slice value;
    } texts[] = {{" AND who = ", query->who},
                 {" AND action = ", query->action},
                 {" AND target = ", query->target}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (numbers[i].given) {
            list_int(list, numbers[i].before, numbers[i].value);
        }
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (slice_present(texts[i].value)) {
            list_slice(list, texts[i].before, texts[i].value);
        }
    }
}

enum rc store_audit_list(struct store_reader *reader, const struct store_audit_query *query,
                         struct arena *arena, struct store_audit_row **rows, size_t *count,
                         struct err *e)
{
    struct {
        struct store_audit_row *items;
        size_t count, capacity;
    } found = {0};
    struct db *db = reader->db;
    struct list_sql list = {.len = 0};
    list_text(&list, "SELECT id, at_ms, who, action, target, detail, request FROM audit WHERE 1");
    put_filters(&list, query);
    list_text(&list, query->oldest_first ? " ORDER BY id" : " ORDER BY id DESC");
    list_int(&list, " LIMIT ", query->limit);
    sqlite3_stmt *s = list_use(db, &list);
    while (db_step(db, s)) {
        struct columns c = {db, s, arena, 0};
        struct store_audit_row *row = ARENA_PUSH(arena, &found);
        if (row == NULL) {
            db->nomem = true;
            break;
        }
        row->number = next_int(&c);
        row->at_ms = next_int(&c);
        row->who = next_text(&c);
        row->action = next_text(&c);
        row->target = next_text(&c);
        row->detail = next_text(&c);
        row->request = next_text(&c);
    }
    db_done(s);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK) {
        *rows = found.items;
        *count = found.count;
    }
    return rc;
}

/* ---- pruning */

/* So many at a time: writes of others go on in between. */
enum { PRUNE_MOST = 5000 };

struct pruning {
    int64_t before_ms, gone, now_gone;
    struct slice who;
};

static enum rc job_prune(struct writer *w, struct job *job, struct err *e)
{
    struct pruning *p = job->arg;
    sqlite3_stmt *s = db_use(w->db, "DELETE FROM audit WHERE id IN (SELECT id FROM audit"
                                    " WHERE at_ms < ?1 ORDER BY at_ms LIMIT ?2)");
    db_bind_int(s, 1, p->before_ms);
    db_bind_int(s, 2, PRUNE_MOST);
    db_run(w->db, s);
    p->now_gone = sqlite3_changes(w->db->handle);
    return db_check(w->db, e);
}

static enum rc job_note(struct writer *w, struct job *job, struct err *e)
{
    const struct pruning *p = job->arg;
    char until[32], detail[80];
    clock_format_utc(p->before_ms, until);
    (void)snprintf(detail, sizeof detail, "%lld rows from before %s", (long long)p->gone, until);
    writer_audit(w, &(struct audit_entry){
                        .who = p->who, .action = "audit_prune", .detail = slice_cstr(detail)});
    return db_check(w->db, e);
}

enum rc store_audit_prune(struct store *store, int64_t before_ms, struct slice who, int64_t *gone,
                          struct err *e)
{
    struct pruning p = {.before_ms = before_ms, .who = who};
    enum rc rc;
    do {
        rc = writer_call(store, job_prune, &p, e);
        p.gone += rc == RC_OK ? p.now_gone : 0;
    } while (rc == RC_OK && p.now_gone == PRUNE_MOST);
    rc = rc == RC_OK ? writer_call(store, job_note, &p, e) : rc;
    if (rc == RC_OK) {
        *gone = p.gone;
    }
    return rc;
}
