/* The plans of what a connection ran: every statement that it keeps and that names a table. */
#ifndef GUILLEMET_TESTS_STORE_PLANS_H
#define GUILLEMET_TESTS_STORE_PLANS_H

#include "fixture.h"

#include "store/reader.h"
#include "store/writer.h"

static void plans_check_one(struct db *db, const char *sql)
{
    char explain[4096];
    snprintf(explain, sizeof explain, "EXPLAIN QUERY PLAN %s", sql);
    sqlite3_stmt *s = NULL;
    assert_int_equal(sqlite3_prepare_v2(db->handle, explain, -1, &s, NULL), SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(s, 3);
        bool scan = strncmp(step, "SCAN ", 5) == 0 && strstr(step, " INDEX ") == NULL &&
                    strncmp(step, "SCAN (", 6) != 0 && strncmp(step, "SCAN CONSTANT", 13) != 0;
        if (scan || strstr(step, "TEMP B-TREE") != NULL) {
            fail_msg("%s\nin %s", step, sql);
        }
    }
    sqlite3_finalize(s);
}

/* How many statements of `db` name this table. */
static int plans_check(struct db *db, const char *table)
{
    int checked = 0;
    for (sqlite3_stmt *s = NULL; (s = sqlite3_next_stmt(db->handle, s)) != NULL;) {
        const char *sql = sqlite3_sql(s);
        if (sql != NULL && strstr(sql, table) != NULL) {
            plans_check_one(db, sql);
            checked++;
        }
    }
    return checked;
}

struct plans_asked {
    const char *table;
    int checked;
};

static enum rc plans_job(struct writer *w, struct job *job, struct err *e)
{
    struct plans_asked *asked = job->arg;
    (void)e;
    asked->checked = plans_check(w->db, asked->table);
    return RC_OK;
}

/* Those of the writer, on its thread. */
__attribute__((unused)) static int plans_check_writer(struct archive *a, const char *table)
{
    struct plans_asked asked = {.table = table};
    struct err e = {0};
    assert_int_equal(writer_call(a->store, plans_job, &asked, &e), RC_OK);
    return asked.checked;
}

__attribute__((unused)) static int plans_check_reader(struct archive *a, const char *table)
{
    return plans_check(a->reader->db, table);
}

#endif
