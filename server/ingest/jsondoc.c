#include "ingest/jsondoc.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/charset.h"
#include "ingest/jsondoc_archive.h"
#include "ingest/layout.h"
#include "ingest/metadata.h"
#include "ingest/reader.h"

struct jsondoc_state {
    json_t *root;
    const struct ingest_hints *hints;
    size_t next, count; /* items; a lone object is one */
};

static struct slice skip_blanks(struct slice s)
{
    if (slice_starts(s, SLICE("\xEF\xBB\xBF"))) {
        s = slice_of(s.ptr + 3, s.len - 3);
    }
    while (s.len > 0 && strchr(" \t\r\n", s.ptr[0])) {
        s = slice_of(s.ptr + 1, s.len - 1);
    }
    return s;
}

/* '{' and a key or '}', '[' and a value: prose in brackets is no JSON. */
bool jsondoc_sniff(struct slice head)
{
    struct slice s = skip_blanks(head);
    if (s.len == 0 || (s.ptr[0] != '{' && s.ptr[0] != '[')) {
        return false;
    }
    struct slice inside = skip_blanks(slice_of(s.ptr + 1, s.len - 1));
    return inside.len > 0 && strchr(s.ptr[0] == '{' ? "\"}" : "{]", inside.ptr[0]);
}

/* A line that is an object, and another after it (or an object a line long with the file's end in sight). */
bool jsondoc_sniff_lines(struct slice head)
{
    struct slice rest = skip_blanks(head);
    if (!jsondoc_sniff(rest) || rest.ptr[0] != '{') {
        return false;
    }
    struct slice line = slice_trim(slice_cut(&rest, '\n'));
    if (!slice_present(rest) || line.len < 2 || line.ptr[line.len - 1] != '}') {
        return false;
    }
    rest = skip_blanks(rest);
    return rest.len > 0 && rest.ptr[0] == '{';
}

static enum rc parse(struct slice text, json_t **root, struct err *e)
{
    json_error_t fault;
    *root = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &fault);
    if (*root) {
        return RC_OK;
    }
    if (json_error_code(&fault) == json_error_null_character) {
        err_set(e, RC_INVALID,
                "a string holds \\u0000, a NUL character: this is not text (line %d)", fault.line);
    } else {
        err_set(e, json_error_code(&fault) == json_error_out_of_memory ? RC_NOMEM : RC_INVALID,
                "not JSON: %s (line %d, column %d)", fault.text, fault.line, fault.column);
    }
    return err_where(e, "byte %d", fault.position);
}

enum rc jsondoc_open(struct slice bytes, const struct ingest_hints *hints, void **state,
                     struct err *e)
{
    struct slice declared =
        slice_present(hints->charset) ? hints->charset : charset_of_type(hints->content_type);
    if (!slice_present(declared)) {
        declared = SLICE("utf-8"); /* JSON is, unless someone says otherwise: no guessing */
    }
    struct jsondoc_state *new = calloc(1, sizeof *new);
    struct arena *arena = arena_new(0);
    struct charset_text decoded;
    enum rc rc = new &&arena ? RC_OK : err_nomem(e);
    if (rc == RC_OK) {
        rc = charset_decode(bytes, declared, SIZE_MAX, arena, &decoded, e);
    }
    if (rc == RC_OK && slice_trim(decoded.text).len == 0) {
        rc = err_set(e, RC_INVALID, "the input is empty");
    }
    if (rc == RC_OK) {
        rc = parse(decoded.text, &new->root, e);
    }
    arena_free(arena);
    if (rc) {
        free(new);
        return rc;
    }
    new->hints = hints;
    new->count = json_is_array(new->root) ? json_array_size(new->root) : 1;
    *state = new;
    return RC_OK;
}

void jsondoc_close(void *state)
{
    struct jsondoc_state *jsondoc = state;
    json_decref(jsondoc->root);
    free(jsondoc);
}

enum rc jsondoc_next(void *state, struct arena *arena, struct document **out, struct err *e)
{
    struct jsondoc_state *jsondoc = state;
    if (jsondoc->next == jsondoc->count) {
        *out = NULL;
        return RC_OK;
    }
    size_t index = jsondoc->next++;
    bool in_array = json_is_array(jsondoc->root);
    json_t *object = in_array ? json_array_get(jsondoc->root, index) : jsondoc->root;
    struct document *document = ARENA_NEW(arena, struct document);
    enum rc rc = document ? jsondoc_read(object, jsondoc->hints, arena, document, e) : err_nomem(e);
    if (rc == RC_OK) {
        *out = document;
    } else if (in_array) {
        err_where(e, "item %zu", index + 1);
    }
    return rc;
}

static bool is_blank(struct slice text)
{
    return slice_trim(text).len == 0;
}

/* A title or standfirst of the metadata that stands in the text becomes a span of it. */
static void join_field(struct document *d, struct field *field, enum block_kind kind)
{
    for (size_t i = 0; i < d->block_count; i++) {
        const struct block *b = &d->blocks[i];
        struct slice text =
            slice_of(d->text.ptr + b->span.start_byte, b->span.end_byte - b->span.start_byte);
        if (b->kind != kind) {
            continue;
        }
        if (!slice_present(field->text)) {
            *field = (struct field){text, ORIGIN_TEXT};
        } else if (slice_equal(field->text, text)) {
            field->text = text;
        }
        return;
    }
}

enum rc jsondoc_read(json_t *object, const struct ingest_hints *hints, struct arena *arena,
                     struct document *document, struct err *e)
{
    struct jsondoc j = {.arena = arena, .hints = hints, .document = document};
    if (!json_is_object(object)) {
        return jsondoc_wrong_type("", object, "an object", e);
    }
    enum rc rc = RC_OK;
    if (hints->archive) {
        rc = jsondoc_archive(object, arena, document, hints->archive, e);
        if (rc ||
            (hints->archive->kind != ARCHIVE_NONE && hints->archive->kind != ARCHIVE_ARTICLE)) {
            return rc;
        }
    }
    rc = jsondoc_fields(&j, object, e);
    if (rc == RC_OK && !j.has_text && !j.blocks) {
        rc = err_field(e, RC_INVALID, "/text", "a document needs \"text\" (or \"blocks\")");
    }
    if (rc == RC_OK) {
        rc = metadata_hints(document, hints, arena, e);
    }
    if (rc == RC_OK && j.blocks) {
        rc = jsondoc_blocks(&j, e);
    }
    if (rc == RC_OK && is_blank(document->text)) {
        rc = err_field(e, RC_INVALID, j.has_text ? "/text" : "/blocks", "the text is empty");
    }
    if (rc == RC_OK && document->text.len > DOCUMENT_TEXT_MOST) {
        rc = err_field(e, RC_TOO_LARGE, "/text", "the text is longer than %u bytes",
                       DOCUMENT_TEXT_MOST);
    }
    if (rc == RC_OK && !j.blocks) {
        rc = layout_find(document, arena, e);
    } else if (rc == RC_OK) {
        join_field(document, &document->title, BLOCK_TITLE);
        join_field(document, &document->standfirst, BLOCK_STANDFIRST);
        document->word_count = layout_count_words(document);
    }
    return rc ? rc : jsondoc_origins(&j, e);
}

size_t jsondoc_count(void *state)
{
    const struct jsondoc_state *jsondoc = state;
    return jsondoc->count;
}
