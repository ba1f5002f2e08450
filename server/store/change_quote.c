/* One request's changes of a quote: looked at together, made together. */
#include "store/correct.h"
#include "store/corrections.h"
#include "store/quote_state.h"
#include "store/spans_value.h"
#include "text/digest.h"
#include "text/utf8.h"

#include <inttypes.h>
#include <stdio.h>

enum { SPANS_MOST = 64 };

struct changing {
    const struct store_quote_change *change;
    int64_t *numbers;
    size_t count;
    struct slice text; /* the article's, when there are spans */
};

static enum rc find(struct writer *w, struct changing *c, struct err *e)
{
    const struct store_quote_change *change = c->change;
    sqlite3_stmt *s = db_use(w->db, "SELECT id FROM quotes WHERE public_id = ?1");
    db_bind_int(s, 1, db_id(change->quote));
    int64_t quote = db_step(w->db, s) ? db_int(s, 0) : 0;
    db_done(s);
    if (quote == 0) {
        return quote_missing(w->db, change->quote, e);
    }
    if (change->has_state && quote_state_read(w->db, quote, w->arena) != change->state) {
        return err_set(e, RC_CONFLICT, "the quote has changed since you read it");
    }
    s = db_use(w->db, "SELECT t.text FROM quotes q JOIN article_texts t ON t.article = q.article"
                      " WHERE q.id = ?1");
    db_bind_int(s, 1, quote);
    if (change->spans != NULL && db_step(w->db, s)) {
        c->text = arena_copy(w->arena, db_text(s, 0));
    }
    db_done(s);
    return RC_OK;
}

static bool is_blank(struct slice s)
{
    for (size_t at = 0; at < s.len;) {
        if (!utf8_is_blank(utf8_decode(s, at, &at))) {
            return false;
        }
    }
    return true;
}

static enum rc refuse_span(size_t index, const char *member, const char *why, struct err *e)
{
    char field[32];
    snprintf(field, sizeof field, "spans/%zu%s", index, member);
    return err_field(e, RC_INVALID, field, "%s", why);
}

static enum rc spans_value(struct writer *w, const struct changing *c, struct slice *value,
                           struct err *e)
{
    const struct store_quote_change *change = c->change;
    struct offsets *offsets = offsets_new(w->arena, c->text);
    uint32_t most = (uint32_t)utf8_count(c->text), last = 0;
    struct quote_span *spans = ARENA_ARRAY(w->arena, struct quote_span, change->span_count);
    if (change->span_count == 0 || change->span_count > SPANS_MOST) {
        return err_field(e, RC_INVALID, "spans", "a quote has 1 to %d spans", SPANS_MOST);
    }
    for (size_t i = 0; i < change->span_count; i++) {
        const struct store_chosen_span *given = &change->spans[i];
        if (given->end_cp > most) {
            char why[80];
            snprintf(why, sizeof why, "the text ends at %" PRIu32, most);
            return refuse_span(i, "/end", why, e);
        }
        if (given->start_cp >= given->end_cp) {
            return refuse_span(i, "/end", "a span ends after its start", e);
        }
        if (given->start_cp < last) {
            return refuse_span(i, "/start", "spans stand in order and don't overlap", e);
        }
        last = given->end_cp;
        spans[i].span = (struct span){offsets_byte(offsets, given->start_cp),
                                      offsets_byte(offsets, given->end_cp)};
        spans[i].verbatim = given->verbatim;
        if (is_blank(slice_of(c->text.ptr + spans[i].span.start_byte,
                              spans[i].span.end_byte - spans[i].span.start_byte))) {
            return refuse_span(i, "", "a span holds words", e);
        }
    }
    *value = spans_value_write(w->arena, c->text, spans, change->span_count);
    return slice_present(*value) ? RC_OK : err_nomem(e);
}

static enum rc make(struct writer *w, struct changing *c, enum correction_kind kind,
                    struct slice value, struct err *e)
{
    struct store_correction correction = {.kind = kind,
                                          .target = c->change->quote,
                                          .value = value,
                                          .author = c->change->author,
                                          .request = c->change->request,
                                          .note = c->change->note};
    return correction_make(w, &correction, &c->numbers[c->count++], e);
}

static enum rc job_change(struct writer *w, struct job *job, struct err *e)
{
    struct changing *c = job->arg;
    const struct store_quote_change *change = c->change;
    char speaker[DIGEST_ID_CHARS + 1];
    struct slice spans = SLICE_NONE;
    enum rc rc = find(w, c, e);
    if (rc == RC_OK && change->spans != NULL) {
        rc = spans_value(w, c, &spans, e);
    }
    if (rc == RC_OK && change->reject) {
        return make(w, c, CORRECTION_QUOTE_REJECT, SLICE(""), e);
    }
    if (rc == RC_OK && change->has_type) {
        rc = make(w, c, CORRECTION_QUOTE_TYPE, slice_cstr(quote_type_name(change->type)), e);
    }
    if (rc == RC_OK && change->spans != NULL) {
        rc = make(w, c, CORRECTION_QUOTE_SPANS, spans, e);
    }
    if (rc == RC_OK && change->has_speaker) {
        digest_format_id(change->speaker, speaker);
        rc = make(w, c, CORRECTION_QUOTE_SPEAKER, change->nobody ? SLICE("") : slice_cstr(speaker),
                  e);
    }
    return rc;
}

enum rc store_change_quote(struct store *store, const struct store_quote_change *change,
                           int64_t numbers[STORE_CHANGES_MOST], size_t *count, struct err *e)
{
    struct changing c = {.change = change, .numbers = numbers};
    enum rc rc = writer_call(store, job_change, &c, e);
    if (rc == RC_OK) {
        *count = c.count;
    }
    return rc;
}
