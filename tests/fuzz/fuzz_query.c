/* Searches: any bytes are a query or a refusal that points into it, and what is compiled is never a syntax error of FTS5. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "store/search_query.h"
#include "store/tokenizer.h"
#include "text/utf8.h"

CLEANUP_DEFINE(arena_free, struct arena)

static void check(bool holds, const char *what, struct slice q)
{
    if (!holds) {
        fprintf(stderr, "%s: %.*s\n", what, SLICE_ARG(q));
        abort();
    }
}

static sqlite3 *indexes(void)
{
    static sqlite3 *handle;
    if (handle == NULL) {
        check(sqlite3_open(":memory:", &handle) == SQLITE_OK &&
                  tokenizer_register(handle) == SQLITE_OK &&
                  sqlite3_exec(handle,
                               "CREATE VIRTUAL TABLE articles USING fts5 (title, standfirst,"
                               " narration, quotes, seams, prefix = '2 3', tokenize = 'news');"
                               "CREATE VIRTUAL TABLE quotes USING fts5 (words,"
                               " prefix = '2 3', tokenize = 'news');"
                               "INSERT INTO articles VALUES ('a', 'b', 'a b c', 'd', 'c d')",
                               NULL, NULL, NULL) == SQLITE_OK,
              "the index can't be made", SLICE(""));
    }
    return handle;
}

static void run(const char *sql, const char *match, struct slice q)
{
    sqlite3_stmt *s = NULL;
    check(sqlite3_prepare_v2(indexes(), sql, -1, &s, NULL) == SQLITE_OK, "prepare", q);
    sqlite3_bind_text(s, 1, match, -1, SQLITE_STATIC);
    int code = sqlite3_step(s);
    check(code == SQLITE_ROW || code == SQLITE_DONE, sqlite3_errmsg(indexes()), q);
    sqlite3_finalize(s);
}

static void check_refusal(enum rc rc, const struct err *e, struct slice q)
{
    size_t at = 0;
    check(rc == RC_INVALID || rc == RC_TOO_LARGE, "another fault", q);
    check(strcmp(e->field, "q") == 0 && e->message[0] != '\0', "a refusal without words", q);
    if (e->where[0] != '\0') {
        check(sscanf(e->where, "code point %zu", &at) == 1 && at <= utf8_count(q),
              "a place outside of the query", q);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_free_p) struct arena *arena = arena_new(64u << 20);
    struct slice q = slice_of((const char *)data + 1, size ? size - 1 : 0);
    if (size < 2 || arena == NULL || !utf8_valid(q, NULL) || q.len > 512) {
        return 0; /* as the parameter is checked */
    }
    bool quotes = data[0] & 1;
    static const unsigned scopes[] = {0, SEARCH_IN_TITLE, SEARCH_IN_QUOTES,
                                      SEARCH_IN_NARRATION | SEARCH_IN_QUOTES | SEARCH_IN_SEAMS};
    struct store_filter filter = {.forms = data[0] & 16};
    struct search_query query = {0};
    struct err e = {.rc = RC_OK};
    enum rc rc = search_query_compile(q, quotes ? STORE_QUOTE_LIST : STORE_ARTICLE_LIST,
                                      quotes ? SEARCH_IN_QUOTE : scopes[data[0] >> 1 & 3], arena,
                                      data[0] & 8 ? NULL : &filter, &query, &e);
    if (rc != RC_OK) {
        check_refusal(rc, &e, q);
        return 0;
    }
    check(query.match != NULL || filter.count > 0, "neither words nor conditions", q);
    if (query.match != NULL) {
        run(quotes ? "SELECT rowid FROM quotes WHERE quotes MATCH ?1"
                   : "SELECT rowid FROM articles WHERE articles MATCH ?1",
            query.match, q);
    }
    return 0;
}
