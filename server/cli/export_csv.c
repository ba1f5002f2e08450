#include "cli/export_csv.h"

#include "api/articles.h"
#include "api/csv_rows.h"
#include "api/view_article.h"
#include "api/view_entity.h"
#include "api/view_quote.h"
#include "cli/export_filter.h"

#define PAGE       500
#define NAMES_MOST 50 /* aliases and titles of an entity, as in lists of the API */

const struct export_table export_tables[] = {
    {"articles", STORE_ARTICLE_LIST, "listArticles"},
    {"quotes", STORE_QUOTE_LIST, "listQuotes"},
    {"entities", STORE_ENTITY_LIST, "listEntities"},
    {NULL, 0, NULL},
};

struct writing {
    struct store_reader *reader;
    const struct store_filter *filter;
    struct arena *arena; /* emptied for each page */
    struct csv_rows rows;
    struct buf object;
    struct store_cursor after;
    unsigned long long count;
};

static struct jsonw begin_object(struct writing *writing)
{
    struct jsonw w;
    buf_clear(&writing->object);
    jsonw_init(&w, &writing->object, 0);
    return w;
}

static enum rc write_object(struct writing *writing, struct err *e)
{
    writing->count++;
    return writing->object.failed
               ? err_nomem(e)
               : csv_rows_write(&writing->rows, buf_view(&writing->object), writing->arena, e);
}

static enum rc write_articles(struct writing *writing, struct store_page *page, struct err *e)
{
    struct store_article_query query = {.filter = *writing->filter,
                                        .sort = STORE_OLDEST,
                                        .limit = PAGE,
                                        .after = writing->after,
                                        .parts = STORE_META | view_article_parts(0)};
    struct store_article *rows;
    size_t count = 0;
    enum rc rc =
        store_article_list(writing->reader, &query, writing->arena, &rows, &count, page, e);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        rc = articles_complete(writing->reader, writing->arena, &rows[i], 0, e);
        if (rc == RC_OK) {
            struct jsonw w = begin_object(writing);
            view_article_write(&w, SLICE(""), &(struct view_article){.article = &rows[i]});
            rc = write_object(writing, e);
        }
    }
    return rc;
}

static enum rc write_quotes(struct writing *writing, struct store_page *page, struct err *e)
{
    struct store_quote_query query = {
        .filter = *writing->filter, .sort = STORE_OLDEST, .limit = PAGE, .after = writing->after};
    struct store_quote *rows;
    size_t count = 0;
    enum rc rc = store_quote_list(writing->reader, &query, writing->arena, &rows, &count, page, e);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        struct jsonw w = begin_object(writing);
        view_quote_write(&w, SLICE(""), &rows[i]);
        rc = write_object(writing, e);
    }
    return rc;
}

static enum rc write_entities(struct writing *writing, struct store_page *page, struct err *e)
{
    struct store_entity_query query = {.filter = *writing->filter,
                                       .sort = STORE_NAME,
                                       .limit = PAGE,
                                       .after = writing->after,
                                       .most = NAMES_MOST};
    struct store_entity *rows;
    size_t count = 0;
    enum rc rc = store_entity_list(writing->reader, &query, writing->arena, &rows, &count, page, e);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        struct jsonw w = begin_object(writing);
        view_entity_write(&w, SLICE(""), &rows[i], NULL, SLICE_NONE);
        rc = write_object(writing, e);
    }
    return rc;
}

static enum rc write_page(struct writing *writing, enum store_list list, struct store_page *page,
                          struct err *e)
{
    switch (list) {
    case STORE_ARTICLE_LIST:
        return write_articles(writing, page, e);
    case STORE_QUOTE_LIST:
        return write_quotes(writing, page, e);
    case STORE_ENTITY_LIST:
        return write_entities(writing, page, e);
    }
    return err_set(e, RC_INTERNAL, "unknown kind of list");
}

/* The cursor's text lives in the arena that the next page empties. */
static enum rc keep_cursor(struct writing *writing, const struct store_page *page, struct buf *text,
                           struct err *e)
{
    buf_clear(text);
    buf_slice(text, page->last.text);
    writing->after = page->last;
    if (slice_present(page->last.text)) {
        writing->after.text = buf_view(text);
    }
    return text->failed ? err_nomem(e) : RC_OK;
}

enum rc export_csv(const struct export_table *table, struct store_reader *reader,
                   const struct store_filter *filter, void *context,
                   enum rc (*put)(void *context, const struct buf *rows, struct err *e),
                   unsigned long long *rows, struct err *e)
{
    struct arena *arena = arena_new(0), *columns = arena_new(0);
    struct writing writing = {.reader = reader, .filter = filter, .arena = arena};
    struct store_page page = {.has_more = true};
    struct field_paths all = {.count = 0};
    struct buf out, cursor;
    buf_init(&out);
    buf_init(&cursor);
    buf_init(&writing.object);
    enum rc rc = csv_rows_init(&writing.rows, resource_use_find(table->operation_id)->resource,
                               &all, columns, &out, e);
    csv_rows_header(&writing.rows);
    while (rc == RC_OK && page.has_more) {
        arena_reset(arena);
        page.has_more = false;
        rc = write_page(&writing, table->list, &page, e);
        rc = rc ? rc : put(context, &out, e);
        rc = rc ? rc : keep_cursor(&writing, &page, &cursor, e);
        export_filter_hint(&page);
        buf_clear(&out);
    }
    *rows = writing.count;
    csv_rows_done(&writing.rows);
    buf_done(&writing.object);
    buf_done(&cursor);
    buf_done(&out);
    arena_free(columns);
    arena_free(arena);
    return rc;
}
