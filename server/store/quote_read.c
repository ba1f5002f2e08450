#include "store/quote_read.h"

#include "store/pack_rows.h"
#include "store/rights_of.h"
#include "store/roles.h"

/* Rows in other tables that a quote has, if any. */
struct elsewhere {
    int64_t row;
    int64_t speaker, affiliation; /* entities; 0: none */
    bool about, people, alternatives;
};

static struct store_span read_span(struct columns *c)
{
    struct store_span span;
    span.start_byte = (uint32_t)next_int(c);
    span.end_byte = (uint32_t)next_int(c);
    span.start_cp = (uint32_t)next_int(c);
    span.end_cp = (uint32_t)next_int(c);
    return span;
}

static void read_speaker(struct columns *c, struct store_speaker *out)
{
    out->present = !next_is_null(c);
    out->kind = (enum speaker_kind)next_int(c);
    out->implied = next_int(c) != 0;
    out->text = next_text(c);
    out->name = next_text(c);
    out->title = next_text(c);
    out->span = read_span(c);
}

static void read_article(struct columns *c, struct store_quote *out)
{
    out->article.id = next_id(c);
    out->article.title = next_text(c);
    struct slice url = next_text(c), canonical = next_text(c);
    out->article.url = slice_present(url) ? url : canonical;
    out->article.has_published = !next_is_null(c);
    out->article.published_ms = next_int(c);
    out->article.published_date_only = next_int(c) != 0;
}

static void read_place(struct columns *c, struct store_quote *out)
{
    read_article(c, out);
    int64_t source = next_int(c);
    out->article.source = entity_refs_source(c->db, source, c->arena);
    out->rights = rights_of_article(c->db, source, next_int(c) != 0);
    if (rights_hide(out->rights)) {
        out->before = out->after = SLICE_NONE;
    }
}

static void read_row(struct columns *c, struct store_quote *out, int64_t *ordinal,
                     struct elsewhere *more)
{
    more->row = next_int(c);
    out->id = next_id(c);
    *ordinal = next_int(c);
    out->sort_ms = next_int(c);
    out->lang = next_text(c);
    out->type = (enum quote_type)next_int(c);
    out->text = next_text(c);
    if (!unpack_spans(db_blob(c->stmt, c->at++), c->arena, &out->spans, &out->span_count)) {
        c->db->nomem = true;
    }
    out->block = (uint32_t)next_int(c);
    out->has_cue = !next_is_null(c);
    out->cue.class = (enum cue_class)next_int(c);
    out->cue.text = next_text(c);
    out->cue.lemma = next_text(c);
    out->cue.span = read_span(c);
    read_speaker(c, &out->speaker);
    out->resolution = next_text(c);
    out->rule = next_text(c);
    out->channel = next_text(c);
    out->negated = next_int(c) != 0;
    out->hypothetical = next_int(c) != 0;
    out->in_headline = next_int(c) != 0;
    out->has_body_quote = !next_is_null(c);
    out->body_quote = next_id(c);
    out->before = next_text(c);
    out->after = next_text(c);
    out->confidence = next_thousandths(c);
    out->corrected = next_int(c) != 0;
    more->about = next_int(c) > 0;
    more->people = next_int(c) > 0;
    more->alternatives = next_int(c) > 0;
    read_place(c, out);
    more->speaker = next_int(c);
    more->affiliation = next_int(c);
}

/* ---- what stands in other tables */

static struct store_entity_ref find_ref(const struct around *at, int64_t entity)
{
    if (at->known == NULL) {
        return (struct store_entity_ref){
            .present = entity != 0, .handle = true, .id = (uint64_t)entity};
    }
    return entity_refs_find(at->known, at->db, entity, at->arena);
}

/* Few rows, in the order of their key: a sorter of SQLite's would cost more than all of them. */
static void read_about(const struct around *from, int64_t row, struct store_quote *out)
{
    struct placed {
        int64_t entity, position;
    };
    struct {
        struct placed *items;
        size_t count, capacity;
    } list = {0};
    sqlite3_stmt *s = db_use(from->db, "SELECT entity, position FROM quote_entities"
                                       " WHERE quote = ?1 AND roles & 2");
    db_bind_int(s, 1, row);
    while (db_step(from->db, s) && ARENA_PUSH(from->arena, &list) != NULL) {
        struct placed placed = {db_int(s, 0), db_int(s, 1)};
        size_t at = list.count - 1;
        for (; at > 0 && list.items[at - 1].position > placed.position; at--) {
            list.items[at] = list.items[at - 1];
        }
        list.items[at] = placed;
    }
    db_done(s);
    struct store_entity_ref *about = ARENA_ARRAY(from->arena, struct store_entity_ref, list.count);
    if (about == NULL) {
        from->db->nomem = true;
        return;
    }
    for (size_t i = 0; i < list.count; i++) {
        about[i] = find_ref(from, list.items[i].entity);
    }
    out->about = about;
    out->about_count = list.count;
}

static void read_people(const struct around *from, int64_t row, struct store_quote *out)
{
    sqlite3_stmt *s =
        db_use(from->db, "SELECT role, kind, implied, text, name, title, start_byte, end_byte,"
                         " start_cp, end_cp, entity, affiliation FROM quote_people"
                         " WHERE quote = ?1");
    db_bind_int(s, 1, row);
    while (db_step(from->db, s)) {
        struct columns c = {from->db, s, from->arena, 0};
        struct store_speaker *person =
            next_int(&c) == ROLE_REPORTS ? &out->reported_by : &out->addressee;
        read_speaker(&c, person);
        person->entity = find_ref(from, next_int(&c));
        person->affiliation = find_ref(from, next_int(&c));
    }
    db_done(s);
}

/* The likeliest first; of equals the one that the archive knew first, which is their order in the table. */
static void read_alternatives(const struct around *from, int64_t row, struct store_quote *out)
{
    struct {
        struct store_alternative *items;
        size_t count, capacity;
    } list = {0};
    sqlite3_stmt *s =
        db_use(from->db, "SELECT score, entity FROM quote_alternatives WHERE quote = ?1");
    db_bind_int(s, 1, row);
    while (db_step(from->db, s) && ARENA_PUSH(from->arena, &list) != NULL) {
        struct columns c = {from->db, s, from->arena, 0};
        float score = next_thousandths(&c);
        size_t at = list.count - 1;
        for (; at > 0 && list.items[at - 1].score < score; at--) {
            list.items[at] = list.items[at - 1];
        }
        list.items[at] = (struct store_alternative){find_ref(from, next_int(&c)), score};
    }
    db_done(s);
    out->alternatives = list.items;
    out->alternative_count = list.count;
}

static void read_elsewhere(const struct around *from, const struct elsewhere *more,
                           struct store_quote *out)
{
    out->speaker.entity = find_ref(from, more->speaker);
    out->speaker.affiliation = find_ref(from, more->affiliation);
    if (more->about) {
        read_about(from, more->row, out);
    }
    if (more->people) {
        read_people(from, more->row, out);
    }
    if (more->alternatives) {
        read_alternatives(from, more->row, out);
    }
}

void quote_read(const struct around *from, sqlite3_stmt *s, struct store_quote *out, int64_t *row,
                int64_t *ordinal)
{
    struct columns c = {from->db, s, from->arena, 0};
    struct elsewhere more;
    read_row(&c, out, ordinal, &more);
    read_elsewhere(from, &more, out);
    *row = more.row;
}

bool quote_read_one(const struct around *from, int64_t row, struct store_quote *out,
                    int64_t *ordinal)
{
    sqlite3_stmt *s =
        db_use(from->db, QUOTE_SELECT " FROM quotes x" QUOTE_JOINS " WHERE x.id = ?1");
    db_bind_int(s, 1, row);
    bool found = db_step(from->db, s);
    if (found) {
        quote_read(from, s, out, &row, ordinal);
    }
    db_done(s);
    return found;
}

/* Where an entity stands at or after `at`. Eight bytes at a time: those below 4 borrow from the bit above them. */
static size_t next_entity(struct slice view, size_t at)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    for (uint64_t bytes; view.len - at >= sizeof bytes; at += sizeof bytes) {
        memcpy(&bytes, view.ptr + at, sizeof bytes);
        if (((bytes - ones * (STORE_VIEW_ENTITY_LAST + 1)) & ~bytes & tops) != 0) {
            break;
        }
    }
    while (at < view.len && (unsigned char)view.ptr[at] > STORE_VIEW_ENTITY_LAST) {
        at++;
    }
    return at;
}

/* The entities that a view names, in its order. False: one of them isn't there. */
static bool read_view_entities(const struct around *from, struct store_quote *out)
{
    struct {
        struct store_entity_ref *items;
        size_t count, capacity;
    } list = {0};
    for (size_t at = next_entity(out->view, 0); at < out->view.len;
         at = next_entity(out->view, at)) {
        uint64_t row = 0; /* a damaged file's digits may be anything */
        while (++at < out->view.len && out->view.ptr[at] != ';') {
            row = row * 10 + (uint64_t)(unsigned char)out->view.ptr[at] - '0';
        }
        struct store_entity_ref ref = find_ref(from, (int64_t)(row & INT64_MAX));
        struct store_entity_ref *kept = ref.present ? ARENA_PUSH(from->arena, &list) : NULL;
        if (kept == NULL) {
            return false;
        }
        *kept = ref;
    }
    out->view_entities = list.items;
    out->view_entity_count = list.count;
    return true;
}

bool quote_read_view(const struct around *from, sqlite3_stmt *s, struct store_quote *out,
                     int64_t *row, int64_t *ordinal)
{
    struct columns c = {from->db, s, from->arena, 0};
    *row = next_int(&c);
    *ordinal = next_int(&c);
    out->view = next_text(&c);
    if (!slice_present(out->view) || !read_view_entities(from, out)) {
        return false;
    }
    out->id = next_id(&c);
    out->sort_ms = next_int(&c);
    out->text = next_text(&c);
    out->before = next_text(&c);
    out->after = next_text(&c);
    read_place(&c, out);
    return true;
}
