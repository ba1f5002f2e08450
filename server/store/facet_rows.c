#include "store/facet_rows.h"

#include "store/traits.h"

/* What is read of each row; facets that are missing here are asked for by the row's id. */
static const struct {
    enum store_list list;
    enum store_facet facet;
    const char *columns;
    int count;
} columns[] = {
    {STORE_ARTICLE_LIST, FACET_SOURCE, "a.source", 1},
    {STORE_ARTICLE_LIST, FACET_LANG, "a.lang", 1},
    {STORE_ARTICLE_LIST, FACET_SECTION, "a.section_key, a.section", 2},
    {STORE_QUOTE_LIST, FACET_SOURCE, "x.source", 1},
    {STORE_QUOTE_LIST, FACET_LANG, "x.lang", 1},
    {STORE_QUOTE_LIST, FACET_SECTION, "fa.section_key, fa.section", 2},
    {STORE_QUOTE_LIST, FACET_SPEAKER, "x.speaker", 1},
    {STORE_QUOTE_LIST, FACET_TYPE, "x.traits", 1},
    {STORE_QUOTE_LIST, FACET_CUE, "x.cue_key, x.cue_lemma", 2},
    {STORE_QUOTE_LIST, FACET_CUE_CLASS, "x.traits", 1},
    {STORE_QUOTE_LIST, FACET_SPEAKER_KIND, "x.traits", 1},
};

static bool wants(const struct facet_rows *rows, enum store_facet facet)
{
    return (rows->facets >> facet) & 1;
}

void facet_rows_sql(struct facet_rows *rows, const struct filter *filter,
                    const struct filter_order *order, struct list_sql *out)
{
    bool quotes = rows->list == STORE_QUOTE_LIST;
    int at = 0;
    list_text(out, "SELECT ");
    if (rows->first != NULL) {
        list_text(out, rows->first);
        list_text(out, ", ");
        at += rows->first_count;
    }
    list_text(out, quotes ? "x.id" : "a.id");
    rows->id = at++;
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        if (columns[i].list == rows->list && wants(rows, columns[i].facet)) {
            list_text(out, ", ");
            list_text(out, columns[i].columns);
            rows->columns[columns[i].facet] = at;
            at += columns[i].count;
        }
    }
    if (quotes) {
        /* A blank: the quote itself is always wanted. */
        filter_quotes(filter, order,
                      wants(rows, FACET_SECTION) || rows->joins_article
                          ? " CROSS JOIN articles fa ON fa.id = x.article"
                          : " ",
                      out);
    } else {
        filter_articles(filter, order, "", out);
    }
}

/* Entities of one article or quote. */
static size_t add_entities(const struct facet_rows *rows, struct db *db, int64_t id,
                           enum store_facet facet, struct tally *tally, size_t *places, size_t most)
{
    size_t count = 0;
    sqlite3_stmt *s =
        rows->list == STORE_QUOTE_LIST
            ? db_use(db, "SELECT entity FROM quote_entities WHERE quote = ?1 AND roles & 15")
        : facet == FACET_SPEAKER
            ? db_use(db, "SELECT entity FROM article_entities WHERE article = ?1 AND quotes_by > 0")
            : db_use(db, "SELECT entity FROM article_entities WHERE article = ?1");
    db_bind_int(s, 1, id);
    while (count < most && db_step(db, s)) {
        places[count++] = tally_add(tally, db, db_int(s, 0), 1);
    }
    db_done(s);
    return count;
}

bool facet_rows_is_part(enum store_list list, enum store_facet facet)
{
    return facet == FACET_ENTITY || (facet == FACET_SPEAKER && list == STORE_ARTICLE_LIST) ||
           facet_said_is(list, facet);
}

const char *facet_rows_parts_sql(enum store_list list)
{
    return list == STORE_QUOTE_LIST
               ? "SELECT e.quote, e.entity, 0 FROM rows_of(?1) r"
                 " CROSS JOIN quote_entities e ON e.quote = r.row WHERE e.roles & 15"
               : "SELECT e.article, e.entity, e.quotes_by > 0 FROM rows_of(?1) r"
                 " CROSS JOIN article_entities e ON e.article = r.row";
}

void facet_rows_count_parts(struct db *db, enum store_list list, const struct row_set *set,
                            struct facet_parts *parts)
{
    int64_t last = -1, last_speaking = -1;
    sqlite3_stmt *s = db_use(db, facet_rows_parts_sql(list));
    row_set_bind(s, 1, set);
    while (db_step(db, s)) {
        int64_t row = db_int(s, 0), entity = db_int(s, 1);
        parts->named += row != last;
        last = row;
        if (parts->entities != NULL) {
            tally_add(parts->entities, db, entity, 1);
        }
        if (parts->speakers != NULL && db_int(s, 2)) {
            tally_add(parts->speakers, db, entity, 1);
            parts->speaking += row != last_speaking;
            last_speaking = row;
        }
    }
    db_done(s);
}

static int64_t trait(int64_t traits, unsigned shift, unsigned bits)
{
    return (traits >> shift) & ((INT64_C(1) << bits) - 1);
}

size_t facet_rows_add(const struct facet_rows *rows, struct db *db, sqlite3_stmt *row,
                      enum store_facet facet, struct tally *tally, size_t *places, size_t most)
{
    int at = rows->columns[facet];
    if (facet_rows_is_part(rows->list, facet)) {
        return add_entities(rows, db, db_int(row, rows->id), facet, tally, places, most);
    }
    int64_t number;
    switch (facet) {
    case FACET_TYPE:
        number = trait(db_int(row, at), TRAIT_TYPE_SHIFT, 2);
        break;
    case FACET_SPEAKER_KIND:
        number = trait(db_int(row, at), TRAIT_KIND_SHIFT, 3);
        break;
    case FACET_CUE_CLASS:
        number = trait(db_int(row, at), TRAIT_CLASS_SHIFT, 4);
        if (number == 15) {
            return 0;
        }
        break;
    case FACET_LANG:
    case FACET_SECTION:
    case FACET_CUE:
        if (db_null(row, at)) {
            return 0;
        }
        places[0] = tally_add_text(tally, db, db_text(row, at),
                                   facet == FACET_LANG ? SLICE_NONE : db_text(row, at + 1), 1);
        return 1;
    default: /* rows of sources and entities */
        if (db_null(row, at)) {
            return 0;
        }
        number = db_int(row, at);
    }
    places[0] = tally_add(tally, db, number, 1);
    return 1;
}

static void read_entity(struct db *db, int64_t row, struct arena *arena,
                        struct store_facet_value *out)
{
    sqlite3_stmt *s = db_use(db, "SELECT public_id, slug, name, type FROM entities WHERE id = ?1");
    db_bind_int(s, 1, row);
    if (db_step(db, s)) {
        struct columns c = {db, s, arena, 0};
        out->is_entity = true;
        out->id = next_id(&c);
        out->slug = next_text(&c);
        out->value = next_text(&c);
        out->type = (enum entity_type)next_int(&c);
    }
    db_done(s);
}

static struct slice source_name(struct db *db, int64_t row, struct arena *arena)
{
    sqlite3_stmt *s = db_use(db, "SELECT name FROM sources WHERE id = ?1");
    db_bind_int(s, 1, row);
    struct slice name = db_step(db, s) ? db_text_copy(db, s, 0, arena) : SLICE_NONE;
    db_done(s);
    return name;
}

void facet_rows_value(struct db *db, enum store_list list, enum store_facet facet,
                      const struct tally_key *key, struct arena *arena,
                      struct store_facet_value *out)
{
    *out = (struct store_facet_value){.count = key->count};
    switch (facet) {
    case FACET_SOURCE:
        out->value = source_name(db, key->number, arena);
        break;
    case FACET_ENTITY:
    case FACET_SPEAKER:
        read_entity(db, key->number, arena, out);
        break;
    case FACET_TYPE:
        out->value =
            slice_cstr(list != STORE_ENTITY_LIST ? quote_type_name((enum quote_type)key->number)
                                                 : entity_type_name((enum entity_type)key->number));
        break;
    case FACET_CUE_CLASS:
        out->value = slice_cstr(cue_class_name((enum cue_class)key->number));
        break;
    case FACET_SPEAKER_KIND:
        out->value = slice_cstr(speaker_kind_name((enum speaker_kind)key->number));
        break;
    case FACET_LANG:
    case FACET_SECTION:
    case FACET_CUE:
        out->value = slice_present(key->label) ? key->label : key->text;
        break;
    }
}
