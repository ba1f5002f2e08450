#include "store/filter.h"

#include "text/digest.h"

static const unsigned fits[STORE_FIELDS] = {
    [STORE_BY_ENTITY] = STORE_ARTICLE_LIST | STORE_QUOTE_LIST,
    [STORE_BY_ARTICLE] = STORE_ARTICLE_LIST | STORE_QUOTE_LIST,
    [STORE_BY_SOURCE] = STORE_ARTICLE_LIST | STORE_QUOTE_LIST,
    [STORE_BY_SECTION] = STORE_ARTICLE_LIST | STORE_QUOTE_LIST,
    [STORE_BY_AUTHOR] = STORE_ARTICLE_LIST | STORE_QUOTE_LIST,
    [STORE_BY_CUE] = STORE_ARTICLE_LIST | STORE_QUOTE_LIST,
    [STORE_BY_LANG] = STORE_ARTICLE_LIST | STORE_QUOTE_LIST,
    [STORE_BY_ENTITY_TYPE] = STORE_ENTITY_LIST,
    [STORE_BY_QUOTE_TYPE] = STORE_ARTICLE_LIST | STORE_QUOTE_LIST,
    [STORE_BY_SPEAKER_KIND] = STORE_ARTICLE_LIST | STORE_QUOTE_LIST,
    [STORE_BY_CUE_CLASS] = STORE_ARTICLE_LIST | STORE_QUOTE_LIST,
    [STORE_BY_NEGATED] = STORE_ARTICLE_LIST | STORE_QUOTE_LIST,
    [STORE_BY_HYPOTHETICAL] = STORE_ARTICLE_LIST | STORE_QUOTE_LIST,
    [STORE_BY_IN_HEADLINE] = STORE_ARTICLE_LIST | STORE_QUOTE_LIST,
    [STORE_BY_DATE] = STORE_ARTICLE_LIST | STORE_QUOTE_LIST | STORE_ENTITY_LIST,
    [STORE_BY_CONFIDENCE] = STORE_ARTICLE_LIST | STORE_QUOTE_LIST,
    [STORE_BY_WORDS] = STORE_ARTICLE_LIST,
    [STORE_BY_QUOTES] = STORE_ARTICLE_LIST | STORE_ENTITY_LIST,
    [STORE_BY_ARTICLES] = STORE_ENTITY_LIST,
};

bool store_filter_fits(enum store_list list, enum store_field field)
{
    return (fits[field] & list) != 0;
}

struct store_clause *store_filter_add(struct arena *arena, struct store_filter *filter,
                                      enum store_field field, const char *name)
{
    struct store_clause *clause = ARENA_PUSH(arena, filter);
    if (clause != NULL) {
        clause->field = field;
        clause->name = name;
        clause->roles = STORE_ANY_ROLE;
        clause->choices = ~0u;
        clause->least = INT64_MIN;
        clause->most = INT64_MAX;
    }
    return clause;
}

bool store_filter_value(struct arena *arena, struct store_filter *filter, enum store_field field,
                        const char *name, struct slice value)
{
    struct store_clause *clause = store_filter_add(arena, filter, field, name);
    struct slice *values = ARENA_NEW(arena, struct slice);
    if (clause == NULL || values == NULL) {
        return false;
    }
    *values = value;
    clause->values = values;
    clause->count = 1;
    return true;
}

static struct slice id_text(struct arena *arena, uint64_t id)
{
    char text[DIGEST_ID_CHARS + 1];
    digest_format_id(id, text);
    return arena_copy(arena, slice_of(text, DIGEST_ID_CHARS));
}

bool store_filter_entity(struct arena *arena, struct store_filter *filter, const char *name,
                         unsigned roles, uint64_t id)
{
    struct slice text = id_text(arena, id);
    bool added =
        slice_present(text) && store_filter_value(arena, filter, STORE_BY_ENTITY, name, text);
    if (added) {
        filter->items[filter->count - 1].roles = roles;
    }
    return added;
}

bool store_filter_article(struct arena *arena, struct store_filter *filter, uint64_t id)
{
    struct slice text = id_text(arena, id);
    return slice_present(text) &&
           store_filter_value(arena, filter, STORE_BY_ARTICLE, "article", text);
}

bool store_filter_choice(struct arena *arena, struct store_filter *filter, enum store_field field,
                         unsigned value)
{
    struct store_clause *clause = store_filter_add(arena, filter, field, "");
    if (clause != NULL) {
        clause->choices = 1u << value;
    }
    return clause != NULL;
}

bool store_filter_range(struct arena *arena, struct store_filter *filter, enum store_field field,
                        int64_t least, int64_t most)
{
    struct store_clause *clause = store_filter_add(arena, filter, field, "");
    if (clause != NULL) {
        clause->least = least;
        clause->most = most;
    }
    return clause != NULL;
}
