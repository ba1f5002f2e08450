#include "ingest/rejects.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "text/utf8.h"

#define OPENING "{\"rejected\":"

struct reject_input {
    json_t *root;
    struct buf decoded; /* of base64 */
    struct slice bytes;
    struct ingest_hints hints;
};

/* The hints that are texts, by the names that a document's fields have. */
static const struct {
    const char *name;
    size_t at;
} hint_fields[] = {
    {"charset", offsetof(struct ingest_hints, charset)},
    {"url", offsetof(struct ingest_hints, url)},
    {"external_id", offsetof(struct ingest_hints, external_id)},
    {"source", offsetof(struct ingest_hints, source)},
    {"lang", offsetof(struct ingest_hints, lang)},
    {"title", offsetof(struct ingest_hints, title)},
    {"section", offsetof(struct ingest_hints, section)},
    {"published_at", offsetof(struct ingest_hints, published_at)},
    {"modified_at", offsetof(struct ingest_hints, modified_at)},
};
#define HINTS (sizeof hint_fields / sizeof hint_fields[0])

static struct slice *hint_at(struct ingest_hints *hints, size_t i)
{
    return (struct slice *)(void *)((char *)hints + hint_fields[i].at);
}

const struct ingest_hints *reject_keep_hints(const struct ingest_hints *hints, struct arena *arena)
{
    struct ingest_hints *kept = ARENA_NEW(arena, struct ingest_hints);
    struct ingest_hints given = *hints;
    for (size_t i = 0; kept && i < HINTS; i++) {
        *hint_at(kept, i) = arena_copy(arena, *hint_at(&given, i));
    }
    return kept;
}

/* ---- base64 */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void encode(struct buf *out, struct slice bytes)
{
    for (size_t i = 0; i < bytes.len; i += 3) {
        uint32_t word = 0;
        for (size_t k = 0; k < 3; k++) {
            word = word << 8 | (i + k < bytes.len ? (uint8_t)bytes.ptr[i + k] : 0u);
        }
        for (size_t k = 0; k < 4; k++) {
            buf_char(out, i + k <= bytes.len ? digits[word >> (18 - 6 * k) & 63] : '=');
        }
    }
}

static int digit_value(char c)
{
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static bool decode(struct buf *out, struct slice text)
{
    uint32_t word = 0;
    unsigned bits = 0;
    while (text.len > 0 && text.ptr[text.len - 1] == '=') {
        text.len--;
    }
    for (size_t i = 0; i < text.len; i++) {
        int value = digit_value(text.ptr[i]);
        if (value < 0) {
            return false;
        }
        word = word << 6 | (uint32_t)value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            buf_char(out, (char)(word >> bits & 0xff));
        }
    }
    return true;
}

/* ---- writing */

static void write_reason(struct jsonw *w, const struct reject *reject)
{
    const struct err *e = reject->err;
    jsonw_key(w, "rejected");
    jsonw_object(w);
    jsonw_key_text(w, "file", reject->file);
    if (reject->line > 0) {
        jsonw_key_int(w, "line", (int64_t)reject->line);
    }
    jsonw_key_text(w, "code", rc_name(e->rc));
    if (e->field[0]) {
        jsonw_key_text(w, "field", e->field);
    }
    if (e->where[0]) {
        jsonw_key_text(w, "where", e->where);
    }
    jsonw_key_text(w, "reason", e->message);
    if (reject->again) {
        jsonw_key_bool(w, "again", true);
    }
    jsonw_end(w);
}

static void write_hints(struct jsonw *w, const struct ingest_hints *given)
{
    struct ingest_hints hints = *given;
    bool any = false;
    for (size_t i = 0; i < HINTS; i++) {
        struct slice value = *hint_at(&hints, i);
        if (!slice_present(value) || !utf8_valid(value, NULL)) {
            continue;
        }
        if (!any) {
            jsonw_key(w, "hints");
            jsonw_object(w);
            any = true;
        }
        jsonw_key_string(w, hint_fields[i].name, value);
    }
    if (any) {
        jsonw_end(w);
    }
}

static void write_input(struct jsonw *w, const struct reject *reject)
{
    struct slice input = reject->input;
    jsonw_key(w, "input");
    jsonw_object(w);
    if (slice_present(reject->content_type)) {
        jsonw_key_string(w, "content_type", reject->content_type);
    }
    if (utf8_valid(input, NULL) && !memchr(input.ptr, '\0', input.len)) {
        jsonw_key_string(w, "text", input);
    } else {
        jsonw_key(w, "base64");
        jsonw_raw(w, SLICE("\""));
        encode(w->out, input);
        buf_char(w->out, '"');
    }
    jsonw_end(w);
}

void reject_write(struct jsonw *w, const struct reject *reject)
{
    jsonw_object(w);
    write_reason(w, reject);
    write_hints(w, reject->hints);
    if (slice_present(reject->input)) {
        write_input(w, reject);
    }
    jsonw_end(w);
}

/* ---- reading */

bool reject_is(struct slice line)
{
    return slice_starts(line, SLICE(OPENING));
}

static struct slice text_of(json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    return json_is_string(value) ? slice_of(json_string_value(value), json_string_length(value))
                                 : SLICE_NONE;
}

static enum rc fill(struct reject_input *r, struct err *e)
{
    json_t *input = json_object_get(r->root, "input");
    json_t *hints = json_object_get(r->root, "hints");
    struct slice coded = text_of(input, "base64");
    r->bytes = text_of(input, "text");
    if (slice_present(coded)) {
        if (!decode(&r->decoded, coded)) {
            return err_field(e, RC_INVALID, "/input/base64", "/input/base64 is no base64");
        }
        r->bytes = buf_view(&r->decoded);
    }
    if (!slice_present(r->bytes)) {
        return err_field(e, RC_INVALID, "/input",
                         "of this rejected input nothing was kept: give the file itself");
    }
    for (size_t i = 0; i < HINTS; i++) {
        *hint_at(&r->hints, i) = text_of(hints, hint_fields[i].name);
    }
    r->hints.content_type = text_of(input, "content_type");
    return r->decoded.failed ? err_nomem(e) : RC_OK;
}

enum rc reject_open(struct slice line, struct reject_input **out, struct err *e)
{
    json_error_t fault;
    struct reject_input *r = calloc(1, sizeof *r);
    if (!r) {
        return err_nomem(e);
    }
    r->root = json_loadb(line.ptr, line.len, JSON_REJECT_DUPLICATES, &fault);
    enum rc rc = RC_OK;
    if (!json_is_object(r->root)) {
        rc = err_set(e, RC_INVALID, "this rejected input is no whole line of JSON: %s", fault.text);
    } else if (json_is_true(json_object_get(json_object_get(r->root, "rejected"), "again"))) {
        reject_close(r);
        r = NULL;
    } else {
        rc = fill(r, e);
    }
    if (rc) {
        reject_close(r);
        return rc;
    }
    *out = r;
    return RC_OK;
}

void reject_close(struct reject_input *r)
{
    if (r) {
        json_decref(r->root);
        buf_done(&r->decoded);
        free(r);
    }
}

struct slice reject_bytes(const struct reject_input *r)
{
    return r->bytes;
}

const struct ingest_hints *reject_hints(const struct reject_input *r)
{
    return &r->hints;
}
