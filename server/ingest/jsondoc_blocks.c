#include <stdio.h>

#include "ingest/jsondoc.h"
#include "text/utf8.h"

struct block_place {
    char pointer[48];
};

static struct block_place place_of(size_t index, const char *member)
{
    struct block_place place;
    snprintf(place.pointer, sizeof place.pointer, "/blocks/%zu%s%s", index, member[0] ? "/" : "",
             member);
    return place;
}

static enum rc read_kind(json_t *item, size_t index, enum block_kind *kind, struct err *e)
{
    json_t *value = json_object_get(item, "kind");
    *kind = BLOCK_PARAGRAPH;
    if (!value || json_is_null(value)) {
        return RC_OK;
    }
    struct block_place place = place_of(index, "kind");
    if (!json_is_string(value)) {
        return jsondoc_wrong_type(place.pointer, value, "a string", e);
    }
    struct slice name = jsondoc_slice(value);
    if (!block_kind_parse(name, kind)) {
        return err_field(e, RC_INVALID, place.pointer, "no kind of block is called \"%.*s\"",
                         name.len > 40 ? 40 : (int)name.len, name.ptr);
    }
    return RC_OK;
}

static enum rc read_offset(json_t *item, size_t index, const char *member, size_t least,
                           size_t most, uint32_t *out, struct err *e)
{
    struct block_place place = place_of(index, member);
    json_t *value = json_object_get(item, member);
    if (!value) {
        return err_field(e, RC_INVALID, place.pointer,
                         "a block of a document with \"text\" needs \"start\" and \"end\"");
    }
    if (!json_is_integer(value)) {
        return jsondoc_wrong_type(place.pointer, value, "a whole number", e);
    }
    json_int_t number = json_integer_value(value);
    if (number < 0 || (uint64_t)number < least || (uint64_t)number > most) {
        return err_field(e, RC_INVALID, place.pointer,
                         "%" JSON_INTEGER_FORMAT " lies outside %zu…%zu (code points of the text, "
                         "blocks in order)",
                         number, least, most);
    }
    *out = (uint32_t)number;
    return RC_OK;
}

/* Blocks are spans of the submitted text. */
static enum rc read_spans(struct jsondoc *j, struct err *e)
{
    struct document *d = j->document;
    size_t count = json_array_size(j->blocks);
    size_t code_points = utf8_count(d->text), before = 0;
    struct offsets *offsets = offsets_new(j->arena, d->text);
    struct block *blocks = ARENA_ARRAY(j->arena, struct block, count);
    if (!offsets || !blocks) {
        return err_nomem(e);
    }
    for (size_t i = 0; i < count; i++) {
        json_t *item = json_array_get(j->blocks, i);
        uint32_t start = 0, end = 0;
        if (!json_is_object(item)) {
            return jsondoc_wrong_type(place_of(i, "").pointer, item, "an object", e);
        }
        enum rc rc = read_kind(item, i, &blocks[i].kind, e);
        rc = rc ? rc : read_offset(item, i, "start", before, code_points, &start, e);
        rc = rc ? rc : read_offset(item, i, "end", start, code_points, &end, e);
        if (rc) {
            return rc;
        }
        blocks[i].span = (struct span){offsets_byte(offsets, start), offsets_byte(offsets, end)};
        before = end;
    }
    d->blocks = blocks;
    d->block_count = count;
    return RC_OK;
}

struct building {
    char *text;
    size_t len;
    struct block *blocks;
    size_t count;
};

/* One block, one line: inner line ends become blanks. */
static void add_line(struct building *b, enum block_kind kind, struct slice line)
{
    line = slice_trim(line);
    if (line.len == 0) {
        return;
    }
    if (b->len > 0) {
        b->text[b->len++] = '\n';
    }
    struct span span = {(uint32_t)b->len, (uint32_t)(b->len + line.len)};
    for (size_t i = 0; i < line.len; i++) {
        char c = line.ptr[i];
        b->text[b->len++] = c == '\n' || c == '\r' ? ' ' : c;
    }
    b->blocks[b->count++] = (struct block){kind, span};
}

static enum rc line_of(json_t *item, size_t index, struct slice *line, struct err *e)
{
    json_t *value = json_is_object(item) ? json_object_get(item, "text") : item;
    struct block_place place = place_of(index, json_is_object(item) ? "text" : "");
    if (!value) {
        return err_field(e, RC_INVALID, place.pointer,
                         "a block of a document without \"text\" needs its own \"text\"");
    }
    if (!json_is_string(value)) {
        return jsondoc_wrong_type(place.pointer, value, "a string", e);
    }
    *line = jsondoc_slice(value);
    return RC_OK;
}

static enum rc measure(struct jsondoc *j, size_t *bytes, struct err *e)
{
    *bytes = j->document->title.text.len + j->document->standfirst.text.len + 4;
    for (size_t i = 0; i < json_array_size(j->blocks); i++) {
        struct slice line;
        enum rc rc = line_of(json_array_get(j->blocks, i), i, &line, e);
        if (rc) {
            return rc;
        }
        *bytes += line.len + 1;
    }
    return *bytes <= DOCUMENT_TEXT_MOST
               ? RC_OK
               : err_field(e, RC_TOO_LARGE, "/blocks", "the text is longer than %u bytes",
                           DOCUMENT_TEXT_MOST);
}

static bool has_kind(struct jsondoc *j, const char *kind)
{
    for (size_t i = 0; i < json_array_size(j->blocks); i++) {
        json_t *value = json_object_get(json_array_get(j->blocks, i), "kind");
        if (json_is_string(value) && slice_is(jsondoc_slice(value), kind)) {
            return true;
        }
    }
    return false;
}

/* The text is built: title, standfirst, then the blocks. */
static enum rc build(struct jsondoc *j, struct err *e)
{
    struct document *d = j->document;
    size_t bytes = 0, count = json_array_size(j->blocks);
    enum rc rc = measure(j, &bytes, e);
    if (rc) {
        return rc;
    }
    struct building b = {.text = arena_alloc(j->arena, bytes),
                         .blocks = ARENA_ARRAY(j->arena, struct block, count + 2)};
    if (!b.text || !b.blocks) {
        return err_nomem(e);
    }
    if (slice_present(d->title.text) && !has_kind(j, "title")) {
        add_line(&b, BLOCK_TITLE, d->title.text);
    }
    if (slice_present(d->standfirst.text) && !has_kind(j, "standfirst")) {
        add_line(&b, BLOCK_STANDFIRST, d->standfirst.text);
    }
    for (size_t i = 0; i < count; i++) {
        json_t *item = json_array_get(j->blocks, i);
        enum block_kind kind;
        struct slice line;
        rc = read_kind(item, i, &kind, e);
        if (rc || (rc = line_of(item, i, &line, e)) != RC_OK) {
            return rc;
        }
        add_line(&b, kind, line);
    }
    d->text = slice_of(b.text, b.len);
    d->blocks = b.blocks;
    d->block_count = b.count;
    return RC_OK;
}

enum rc jsondoc_blocks(struct jsondoc *j, struct err *e)
{
    return j->has_text ? read_spans(j, e) : build(j, e);
}
