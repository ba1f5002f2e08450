/* What the SQL of articles and of quotes has in common. */
#include "store/filter_sql.h"

static void value(const struct filter_term *term, size_t i, const char *before,
                  struct list_sql *out)
{
    if (term->rows != NULL) {
        list_int(out, before, term->rows[i]);
    } else {
        list_slice(out, before, term->keys[i]);
    }
}

void filter_values(const struct filter_term *term, struct list_sql *out)
{
    if (term->count == 1) {
        value(term, 0, "= ", out);
        return;
    }
    list_text(out, "IN (");
    for (size_t i = 0; i < term->count; i++) {
        value(term, i, i ? ", " : "", out);
    }
    list_text(out, ")");
}

void filter_in(const struct filter_term *term, const char *column, struct list_sql *out)
{
    /* IS NOT 1: what has no source isn't from that source. */
    list_text(out, term->negated ? " AND (" : " AND ");
    list_text(out, column);
    list_text(out, " ");
    filter_values(term, out);
    list_text(out, term->negated ? ") IS NOT 1" : "");
}

void filter_nothing(const struct filter_term *term, struct list_sql *out)
{
    if (!term->negated) {
        list_int(out, " AND ",
                 0); /* bound: from a literal SQLite concludes more than INDEXED BY can bear */
    }
}

void filter_range(const struct filter_term *term, const char *column, struct list_sql *out)
{
    list_text(out, term->negated ? " AND NOT (1" : "");
    if (term->least != INT64_MIN) {
        list_text(out, " AND ");
        list_text(out, column);
        list_int(out, " >= ", term->least);
    }
    if (term->most != INT64_MAX) {
        list_text(out, " AND ");
        list_text(out, column);
        list_int(out, " <= ", term->most);
    }
    list_text(out, term->negated ? ")" : "");
}

void filter_dates(const struct filter *filter, const char *column, struct list_sql *out)
{
    for (size_t i = 0; i < filter->count; i++) {
        const struct filter_term *term = &filter->items[i];
        if (term->field == STORE_BY_DATE) {
            filter_range(term, column, out);
        }
    }
}

bool filter_is_counted(const struct filter_term *term)
{
    return term->field == STORE_BY_SOURCE || term->field == STORE_BY_LANG;
}

int64_t filter_counted(const struct filter_term *term, int64_t all)
{
    return term->negated ? all - term->expected : term->expected;
}

const struct filter_term *filter_focus(const struct filter *filter)
{
    const struct filter_term *focus = NULL;
    for (size_t i = 0; i < filter->count; i++) {
        const struct filter_term *term = &filter->items[i];
        if (term->field == STORE_BY_ENTITY && !term->negated && term->count == 1 &&
            (focus == NULL || term->expected < focus->expected)) {
            focus = term;
        }
    }
    return focus;
}

bool filter_by_words(const struct filter *filter)
{
    return filter->match != NULL &&
           (filter->matches == NULL ||
            (!filter->matches_more && filter->matches->count <= FILTER_FEW_MATCHES));
}

void filter_matches(const struct filter *filter, const char *row, struct list_sql *out)
{
    if (filter->match != NULL && !filter_by_words(filter)) {
        list_rows(out, " AND in_rows(", filter->matches);
        list_text(out, ", ");
        list_text(out, row);
        list_text(out, ")");
    }
}

struct filter filter_counting(const struct filter *filter, struct row_set *closed)
{
    struct filter counting = *filter;
    if (filter->matches_more) {
        *closed = *filter->matches;
        closed->db = NULL;
        counting.matches = closed;
    }
    return counting;
}

bool filter_one_article(const struct filter *filter)
{
    for (size_t i = 0; i < filter->count; i++) {
        const struct filter_term *term = &filter->items[i];
        if (term->field == STORE_BY_ARTICLE && !term->negated && term->count == 1) {
            return true;
        }
    }
    return false;
}
