/* Walking over a feed or an array that is too long to hold: a portion of it at a time is given to its reader. */
#include "ingest/source.h"

/* Of a feed, read behind its head: that is parsed anew for each. */
#define FEED_PORTION_BYTES (256u * 1024u)

enum rc source_goes_in_portions(struct ingest_source *s, bool *in_portions, struct err *e)
{
    enum portions_kind kind = s->reader->portions;
    bool stream = s->input.fd >= 0;
    *in_portions = false;
    enum rc rc = kind == PORTIONS_NONE ? RC_OK : source_fill(s, SOURCE_WHOLE_MOST + 1, e);
    if (rc || kind == PORTIONS_NONE || s->bytes.len <= SOURCE_WHOLE_MOST) {
        return rc;
    }
    /* An array that was sent as one body is taken or refused as one. */
    if (kind == PORTIONS_FEED || (stream && portions_is_array(s->bytes))) {
        s->portions = (struct portions){
            .kind = kind, .most = s->reader->most_bytes, .least = FEED_PORTION_BYTES};
        *in_portions = true;
    }
    return RC_OK;
}

/* Reads on, as far as what is due isn't whole. What came whole before a fault is documents, then comes the fault. */
static enum rc read_on(struct ingest_source *s, struct err *e)
{
    source_compact(s);
    enum rc rc = input_read(&s->input, &s->held, e);
    s->bytes = buf_view(&s->held);
    if (source_is_told_to_stop(s)) { /* a part of a portion is none */
        s->at = s->bytes.len;
        s->portions.ended = true;
        return RC_OK;
    }
    if (rc && s->portions.last > 0) {
        s->bytes.len = s->at + s->portions.last;
        s->fault_due = true;
        return RC_OK;
    }
    s->portions.ended = s->portions.ended || rc != RC_OK;
    return rc;
}

/* The next portion of the input, in s->item; *found false at the end. */
static enum rc next_portion(struct ingest_source *s, bool *found, struct err *e)
{
    for (;;) {
        struct slice rest = slice_of(s->bytes.ptr + s->at, s->bytes.len - s->at), portion;
        size_t used = 0;
        enum rc rc = RC_OK;
        *found = false;
        switch (portions_next(&s->portions, rest, s->input.more, &portion, &used, e)) {
        case PORTIONS_MORE:
            rc = read_on(s, e);
            if (rc) {
                return rc;
            }
            break;
        case PORTIONS_HEAD:
            buf_slice(&s->head, portion);
            s->at += used;
            break;
        case PORTIONS_ONE:
            s->at += used;
            s->item = portion;
            *found = true;
            return RC_OK;
        case PORTIONS_END:
            if (s->fault_due) {
                s->fault_due = false;
                return input_read(&s->input, &s->held, e);
            }
            return RC_OK;
        case PORTIONS_FAULT:
            return e ? e->rc : RC_INVALID;
        }
    }
}

/* A feed's items are read behind its head: it says the encoding, the language, the publisher. */
static enum rc put_behind_head(struct ingest_source *s, struct err *e)
{
    buf_clear(&s->portion);
    buf_slice(&s->portion, buf_view(&s->head));
    buf_slice(&s->portion, s->item);
    s->item = buf_view(&s->portion);
    return s->portion.failed || s->head.failed ? err_nomem(e) : RC_OK;
}

static void tell_item(const struct ingest_source *s, struct err *e)
{
    if (e && s->portions.kind == PORTIONS_ARRAY) {
        err_where(e, "item %zu", s->portions.count);
    }
}

/* A portion that can't be read at all, in no encoding: its items are refused as one. */
static void tell_items(struct ingest_source *s, struct err *e)
{
    size_t count = portions_count_feed(s->item);
    if (e) {
        err_where(e, "items %zu to %zu", s->hints.items_before + 1, s->hints.items_before + count);
    }
    s->hints.items_before += count;
}

/* RC_OK without a state at the end. */
static enum rc open_portion(struct ingest_source *s, struct err *e)
{
    bool found = false;
    s->item = SLICE_NONE;
    enum rc rc = s->refused_first ? RC_OK : next_portion(s, &found, e);
    if (rc || !found) {
        return rc;
    }
    s->part++;
    if (s->portions.kind == PORTIONS_FEED) {
        rc = put_behind_head(s, e);
    }
    rc = rc ? rc : s->reader->open(s->item, &s->hints, &s->state, e);
    if (rc) {
        s->refused_first = s->part == 1 && s->portions.kind == PORTIONS_FEED;
        if (s->portions.kind == PORTIONS_FEED && s->part > 1) {
            tell_items(s, e);
        }
        tell_item(s, e);
    }
    return rc;
}

static void close_portion(struct ingest_source *s)
{
    s->hints.items_before += s->reader->count(s->state);
    source_close_reader(s);
}

enum rc source_next_of_portion(struct ingest_source *s, struct arena *arena, struct document **out,
                               struct err *e)
{
    for (;;) {
        struct document *document = NULL;
        enum rc rc = s->state ? RC_OK : open_portion(s, e);
        if (rc || !s->state) {
            *out = NULL;
            return rc;
        }
        rc = s->reader->next(s->state, arena, &document, e);
        if (rc || document) {
            tell_item(s, rc ? e : NULL);
            *out = rc ? *out : document;
            return rc;
        }
        close_portion(s);
    }
}

enum rc source_count_portions(struct ingest_source *s, size_t *total, struct err *e)
{
    enum rc rc = source_fill(s, SIZE_MAX, e);
    if (rc == RC_OK) {
        *total = portions_count_feed(s->bytes);
        rc = open_portion(s, e); /* is it a feed at all? */
    }
    return rc;
}
