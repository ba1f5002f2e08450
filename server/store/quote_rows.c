#include "base/buf.h"
#include "store/correct.h"
#include "store/pack_rows.h"
#include "store/put.h"
#include "store/quote_writing.h"
#include "store/replay.h"
#include "store/roles.h"
#include "text/fold.h"

static void add_part(struct writing *q, int64_t entity, unsigned role)
{
    if (entity == 0) {
        return;
    }
    for (size_t i = 0; i < q->parts.count; i++) {
        struct part *part = &q->parts.items[i];
        if (part->entity == entity) {
            q->about += role == ROLE_ABOUT && !(part->roles & ROLE_ABOUT);
            part->roles |= role;
            return;
        }
    }
    q->about += role == ROLE_ABOUT;
    *ARENA_PUSH(q->p->w->arena, &q->parts) = (struct part){entity, role, (int64_t)q->parts.count};
}

static void cast(struct writing *q)
{
    const struct quote *quote = q->quote;
    const struct speaker *speaker = &quote->speaker;
    q->speaker = speaker->present ? quote_entity_row(q, speaker->entity) : 0;
    q->affiliation = speaker->present ? quote_entity_row(q, speaker->affiliation) : 0;
    q->type = quote->type;
    if (q->decided != NULL && q->decided->has_speaker) {
        q->speaker = q->decided->speaker;
        q->affiliation = 0;
    }
    if (q->decided != NULL && q->decided->has_type) {
        q->type = q->decided->type;
    }
    for (size_t i = 0; i < quote->about_count; i++) {
        add_part(q, quote_entity_row(q, quote->about[i]), ROLE_ABOUT);
    }
    add_part(q, q->speaker, ROLE_SPEAKS);
    add_part(q, q->affiliation, ROLE_AFFILIATION);
    const struct speaker *people[] = {&quote->reported_by, &quote->addressee};
    const unsigned roles[] = {ROLE_REPORTS, ROLE_ADDRESSED};
    for (size_t i = 0; i < 2; i++) {
        if (people[i]->present) {
            q->people++;
            add_part(q, quote_entity_row(q, people[i]->entity), roles[i]);
            add_part(q, quote_entity_row(q, people[i]->affiliation), ROLE_AFFILIATION);
        }
    }
    for (size_t i = 0; i < quote->alternative_count; i++) {
        q->alternatives += quote_entity_row(q, quote->alternatives[i].entity) != 0;
    }
}

static void bind_span(const struct writing *q, sqlite3_stmt *s, int index, bool present,
                      struct span span)
{
    const struct offsets *o = q->p->offsets;
    db_bind_maybe(s, index, present, span.start_byte);
    db_bind_maybe(s, index + 1, present, span.end_byte);
    db_bind_maybe(s, index + 2, present, present ? offsets_cp(o, span.start_byte) : 0);
    db_bind_maybe(s, index + 3, present, present ? offsets_cp(o, span.end_byte) : 0);
}

static struct slice context(const struct writing *q, struct span span)
{
    return slice_of(q->p->document->text.ptr + span.start_byte,
                    (size_t)(span.end_byte - span.start_byte));
}

static void bind_cue(const struct writing *q, sqlite3_stmt *s, int index)
{
    const struct cue *cue = &q->quote->cue;
    db_bind_maybe(s, index, cue->present, (int64_t)cue->class);
    db_bind_text(s, index + 1, cue->present ? cue->text : SLICE_NONE);
    bool named = cue->present && slice_present(cue->lemma);
    db_bind_text(s, index + 2, named ? cue->lemma : SLICE_NONE);
    db_bind_text(s, index + 3, named ? fold_key(q->p->w->arena, cue->lemma) : SLICE_NONE);
    bind_span(q, s, index + 4, cue->present, cue->span);
}

static void bind_speaker(const struct writing *q, sqlite3_stmt *s, int index)
{
    const struct speaker *speaker = &q->quote->speaker;
    bool by_a_person = q->decided != NULL && q->decided->has_speaker;
    bool present = speaker->present && !by_a_person;
    db_bind_maybe(s, index, present || (by_a_person && q->speaker != 0),
                  by_a_person ? (int64_t)q->decided->kind : (int64_t)speaker->kind);
    db_bind_int(s, index + 1, by_a_person || (present && speaker->implied));
    db_bind_text(s, index + 2, present ? speaker->text : SLICE_NONE);
    db_bind_text(s, index + 3, present ? speaker->name : SLICE_NONE);
    db_bind_text(s, index + 4, present ? speaker->title : SLICE_NONE);
    bind_span(q, s, index + 5, present && !speaker->implied, speaker->span);
}

#define QUOTE_COLUMNS                                                                              \
    "public_id, article, ordinal, sort_ms, source, lang, type, speaker, text, spans, block,"       \
    " cue_class, cue_text, cue_lemma, cue_key, cue_start_byte, cue_end_byte, cue_start_cp, "       \
    "cue_end_cp,"                                                                                  \
    " speaker_kind, speaker_implied, speaker_text, speaker_name, speaker_title,"                   \
    " speaker_start_byte, speaker_end_byte, speaker_start_cp, speaker_end_cp, affiliation,"        \
    " resolution, rule, channel, negated, hypothetical, in_headline, body_quote, before, after,"   \
    " confidence, corrected, about_count, people_count, alternative_count, view"

/* False: the archive keeps no views, or memory is out. */
static bool render(const struct writing *q, struct buf *out)
{
    const struct store_options *options = &q->p->w->store->options;
    struct store_quote quote;
    if (options->view == NULL) {
        return false;
    }
    quote_writing_tell(q, &quote);
    return options->view(&quote, out);
}

static void write_quote(struct writing *q)
{
    const struct quote *quote = q->quote;
    struct put *p = q->p;
    struct db *db = p->w->db;
    struct buf spans, view;
    buf_init(&spans);
    buf_init(&view);
    pack_spans(&spans, quote->spans, quote->span_count, p->offsets);
    sqlite3_stmt *s = db_use(
        db,
        "INSERT INTO quotes (" QUOTE_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
        " ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27,"
        " ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, ?39, ?40, ?41, ?42, ?43, ?44)");
    db_bind_int(s, 1, db_id(q->ids[q->ordinal]));
    db_bind_int(s, 2, p->article);
    db_bind_int(s, 3, (int64_t)q->ordinal);
    db_bind_int(s, 4, p->sort_ms);
    db_bind_maybe(s, 5, p->source != 0, p->source);
    db_bind_text(s, 6, p->lang);
    db_bind_int(s, 7, (int64_t)q->type);
    db_bind_maybe(s, 8, q->speaker != 0, q->speaker);
    db_bind_text(s, 9, slice_present(quote->text) ? quote->text : SLICE(""));
    db_bind_blob(s, 10, spans.data, spans.len);
    db_bind_int(s, 11, quote->block);
    bind_cue(q, s, 12);
    bind_speaker(q, s, 20);
    db_bind_maybe(s, 29, q->affiliation != 0, q->affiliation);
    bool by_a_person = q->decided != NULL && q->decided->has_speaker;
    db_bind_text(s, 30, by_a_person ? SLICE("correction") : slice_cstr(quote->resolution));
    db_bind_text(s, 31, slice_cstr(quote->rule ? quote->rule : ""));
    db_bind_text(s, 32, quote->channel);
    db_bind_int(s, 33, quote->negated);
    db_bind_int(s, 34, quote->hypothetical);
    db_bind_int(s, 35, quote->in_headline);
    db_bind_maybe(s, 36, quote->body_quote != NO_INDEX,
                  quote->body_quote != NO_INDEX ? db_id(q->ids[quote->body_quote]) : 0);
    db_bind_text(s, 37, context(q, quote->before));
    db_bind_text(s, 38, context(q, quote->after));
    db_bind_int(s, 39, thousandths(quote->confidence));
    db_bind_int(s, 40, q->decided != NULL && q->decided->touched);
    db_bind_int(s, 41, q->about);
    db_bind_int(s, 42, q->people);
    db_bind_int(s, 43, q->alternatives);
    if (render(q, &view)) {
        db_bind_blob(s, 44, view.data, view.len);
    }
    db_run(db, s);
    q->row = sqlite3_last_insert_rowid(db->handle);
    db->nomem = db->nomem || spans.failed || view.failed;
    buf_done(&spans);
    buf_done(&view);
}

static void write_part(const struct writing *q, const struct part *part)
{
    sqlite3_stmt *s = db_use(
        q->p->w->db, "INSERT INTO quote_entities (quote, entity, roles, position, sort_ms, type,"
                     " source, lang) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    db_bind_int(s, 1, q->row);
    db_bind_int(s, 2, part->entity);
    db_bind_int(s, 3, part->roles);
    db_bind_int(s, 4, part->position);
    db_bind_int(s, 5, q->p->sort_ms);
    db_bind_int(s, 6, (int64_t)q->type);
    db_bind_maybe(s, 7, q->p->source != 0, q->p->source);
    db_bind_text(s, 8, q->p->lang);
    db_run(q->p->w->db, s);
    struct cluster *cluster = clusters_find(q->clusters, part->entity);
    if (cluster != NULL) {
        cluster->quotes_by += (part->roles & ROLE_SPEAKS) != 0;
        cluster->quotes_about += (part->roles & ROLE_ABOUT) != 0;
    }
}

static void write_person(const struct writing *q, const struct speaker *person, unsigned role)
{
    if (!person->present) {
        return;
    }
    const struct offsets *o = q->p->offsets;
    struct span span = person->implied ? (struct span){0, 0} : person->span;
    sqlite3_stmt *s = db_use(
        q->p->w->db, "INSERT INTO quote_people (quote, role, kind, implied, text, name, title,"
                     " start_byte, end_byte, start_cp, end_cp, entity, affiliation)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");
    int64_t entity = quote_entity_row(q, person->entity),
            affiliation = quote_entity_row(q, person->affiliation);
    db_bind_int(s, 1, q->row);
    db_bind_int(s, 2, role);
    db_bind_int(s, 3, (int64_t)person->kind);
    db_bind_int(s, 4, person->implied);
    db_bind_text(s, 5, person->text);
    db_bind_text(s, 6, person->name);
    db_bind_text(s, 7, person->title);
    db_bind_int(s, 8, span.start_byte);
    db_bind_int(s, 9, span.end_byte);
    db_bind_int(s, 10, offsets_cp(o, span.start_byte));
    db_bind_int(s, 11, offsets_cp(o, span.end_byte));
    db_bind_maybe(s, 12, entity != 0, entity);
    db_bind_maybe(s, 13, affiliation != 0, affiliation);
    db_run(q->p->w->db, s);
}

static void write_alternatives(const struct writing *q)
{
    for (size_t i = 0; i < q->quote->alternative_count; i++) {
        int64_t entity = quote_entity_row(q, q->quote->alternatives[i].entity);
        if (entity != 0) {
            sqlite3_stmt *s = db_use(
                q->p->w->db, "INSERT OR IGNORE INTO quote_alternatives (quote, entity, score)"
                             " VALUES (?1, ?2, ?3)");
            db_bind_int(s, 1, q->row);
            db_bind_int(s, 2, entity);
            db_bind_int(s, 3, (int64_t)(q->quote->alternatives[i].score * 1000));
            db_run(q->p->w->db, s);
        }
    }
}

/* The same words twice in an article are told apart by a number. */
static uint64_t *quote_ids(struct put *p)
{
    size_t count = p->analysis->quote_count;
    uint64_t *ids = ARENA_ARRAY(p->w->arena, uint64_t, count);
    uint64_t *words = ARENA_ARRAY(p->w->arena, uint64_t, count);
    char article[DIGEST_ID_CHARS + 1];
    digest_format_id(p->id, article);
    for (size_t i = 0; i < count; i++) {
        struct slice folded = fold_key(p->w->arena, p->analysis->quotes[i].text);
        words[i] = digest_quick(&folded, 1);
        uint64_t twins = 0;
        for (size_t k = 0; k < i; k++) {
            twins += words[k] == words[i];
        }
        struct slice nul = slice_of("", 1);
        struct slice parts[] = {SLICE("quote"),
                                nul,
                                slice_cstr(article),
                                nul,
                                folded,
                                nul,
                                arena_printf(p->w->arena, "%llu", (unsigned long long)twins)};
        struct digest sum = digest_sha256(parts, sizeof parts / sizeof parts[0]);
        ids[i] = digest_id(&sum);
    }
    return ids;
}

static void write_one(struct writing *q)
{
    struct put *p = q->p;
    cast(q);
    write_quote(q);
    for (size_t i = 0; i < q->parts.count; i++) {
        write_part(q, &q->parts.items[i]);
    }
    write_person(q, &q->quote->reported_by, ROLE_REPORTS);
    write_person(q, &q->quote->addressee, ROLE_ADDRESSED);
    write_alternatives(q);
    quote_words_index(p->w, q->row);
    quote_rows_count(p->w, q->row, 1);
    p->quote_count++;
}

void quote_rows_write(struct put *p, const struct clusters *clusters)
{
    const struct analysis *a = p->analysis;
    const uint64_t *ids = quote_ids(p);
    struct replay_quote *decided = p->w->has_quote_corrections ? replay_quotes(p->w, p, a) : NULL;
    p->decided = decided;
    for (size_t i = 0; i < a->quote_count; i++) {
        if (decided == NULL || !decided[i].rejected) {
            struct writing q = {.p = p,
                                .clusters = clusters,
                                .quote = &a->quotes[i],
                                .decided = decided ? &decided[i] : NULL,
                                .ids = ids,
                                .ordinal = i};
            write_one(&q);
            if (decided) {
                decided[i].row = q.row;
            }
        }
    }
}

void quote_rows_respan(struct put *p)
{
    for (size_t i = 0; p->decided != NULL && i < p->analysis->quote_count; i++) {
        const struct replay_quote *decided = &p->decided[i];
        if (decided->row != 0 && slice_present(decided->spans)) {
            correct_quote_spans(p->w, decided->row, decided->spans);
        }
    }
}
