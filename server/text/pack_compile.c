/* Compiles the files of a language folder into one blob (pack_format.h). */
#include <stdlib.h>

#include "base/cleanup.h"
#include "text/fold.h"
#include "text/pack_format.h"
#include "text/utf8.h"

CLEANUP_DEFINE(arena_free, struct arena)

/* One line of a table, then one key with all its values. */
struct row {
    struct slice key, value;
    uint32_t line;
    bool begins_longer;
};

struct rows {
    struct row *items;
    size_t count, capacity;
};

/* A key's hash and the table that has it. */
struct place {
    uint64_t hash;
    uint32_t bit;
};

struct places {
    struct place *items;
    size_t count, capacity;
};

struct compiler {
    struct arena *arena; /* under an escape */
    struct buf *out;
    struct err *e;
    struct places places;
    uint32_t bit; /* of the table that is written */
};

/* ---- reading */

/* The key as it will be looked up: folded, its words separated by one blank. */
static struct slice normal_key(struct compiler *c, struct slice text)
{
    struct slice lower = fold_lower(c->arena, slice_trim(text));
    char *out = arena_alloc(c->arena, lower.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < lower.len; i++) {
        if (lower.ptr[i] != ' ' || (len && out[len - 1] != ' ')) {
            out[len++] = lower.ptr[i];
        }
    }
    return slice_of(out, len);
}

static void add_row(struct compiler *c, struct rows *rows, struct row row)
{
    struct row *slot = ARENA_PUSH(c->arena, rows);
    if (slot) { /* always, under the escape */
        *slot = row;
    }
}

static enum rc read_line(struct compiler *c, const char *file, struct slice text, uint32_t line,
                         struct rows *rows)
{
    struct slice rest = text;
    struct slice key = normal_key(c, slice_cut(&rest, '\t'));
    if (key.len == 0) {
        err_set(c->e, RC_INVALID, "%s:%u: the first column, the key, is empty", file, line);
        return RC_INVALID;
    }
    add_row(c, rows, (struct row){key, slice_present(rest) ? rest : SLICE(""), line, false});
    return RC_OK;
}

static enum rc read_rows(struct compiler *c, const struct pack_source *file, struct rows *rows)
{
    size_t bad = 0;
    if (!utf8_valid(file->bytes, &bad)) {
        return err_set(c->e, RC_INVALID, "%s: not UTF-8 at byte %zu", file->name, bad);
    }
    if (!slice_starts(file->bytes, SLICE("# source:"))) {
        return err_set(c->e, RC_INVALID, "%s:1: the first line must be \"# source: …\"",
                       file->name);
    }
    struct slice rest = file->bytes;
    for (uint32_t line = 1; slice_present(rest); line++) {
        struct slice text = slice_cut(&rest, '\n');
        if (slice_ends(text, SLICE("\r"))) {
            text.len--;
        }
        if (slice_trim(text).len == 0 || text.ptr[0] == '#') {
            continue;
        }
        enum rc rc = read_line(c, file->name, text, line, rows);
        if (rc != RC_OK) {
            return rc;
        }
    }
    return RC_OK;
}

static int compare_rows(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    int order = slice_compare(x->key, y->key);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* True when `value` is one of the lines of `lines`. */
static bool has_line(struct slice lines, struct slice value)
{
    for (struct slice rest = lines; slice_present(rest);) {
        if (slice_equal(slice_cut(&rest, '\n'), value)) {
            return true;
        }
    }
    return false;
}

/* Rows of one key become one row whose values are its lines; repeated lines are dropped. */
static void join_rows(struct compiler *c, struct rows *rows)
{
    size_t kept = 0;
    for (size_t i = 0; i < rows->count; i++) {
        struct row *row = &rows->items[i];
        struct row *last = kept ? &rows->items[kept - 1] : NULL;
        if (!last || !slice_equal(last->key, row->key)) {
            rows->items[kept++] = *row;
        } else if (!has_line(last->value, row->value)) {
            last->value =
                arena_printf(c->arena, "%.*s\n%.*s", SLICE_ARG(last->value), SLICE_ARG(row->value));
        }
    }
    rows->count = kept;
}

/* ---- beginnings of longer keys */

static bool is_boundary(struct slice key, size_t at)
{
    return key.ptr[at] == ' ' || key.ptr[at] == '-' || key.ptr[at - 1] == '\'';
}

static struct row *find_row(const struct rows *rows, struct slice key)
{
    struct row wanted = {.key = key};
    size_t low = 0, high = rows->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = slice_compare(wanted.key, rows->items[middle].key);
        if (order == 0) {
            return &rows->items[middle];
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

/* Appends one row per beginning that is no key, flags those that are. */
static void mark_beginnings(struct compiler *c, struct rows *rows)
{
    struct rows parts = {NULL, 0, 0};
    for (size_t i = 0; i < rows->count; i++) {
        struct slice key = rows->items[i].key;
        for (size_t at = 1; at < key.len; at++) {
            if (!is_boundary(key, at)) {
                continue;
            }
            struct slice part = slice_of(key.ptr, at);
            struct row *row = find_row(rows, part);
            if (row) {
                row->begins_longer = true;
            } else {
                add_row(c, &parts, (struct row){part, SLICE(""), 0, true});
            }
        }
    }
    if (parts.count) {
        qsort(parts.items, parts.count, sizeof *parts.items, compare_rows);
    }
    join_rows(c, &parts);
    for (size_t i = 0; i < parts.count; i++) {
        add_row(c, rows, parts.items[i]);
    }
}

/* ---- writing */

static void align(struct buf *out)
{
    while (out->len % PACK_ALIGNMENT) {
        buf_char(out, '\0');
    }
}

static void write_slots(struct compiler *c, const struct rows *rows, uint32_t slot_mask)
{
    struct pack_slot *slots = ARENA_ARRAY(c->arena, struct pack_slot, (size_t)slot_mask + 1);
    for (size_t i = 0; i < rows->count; i++) {
        uint64_t hash = pack_hash(rows->items[i].key.ptr, rows->items[i].key.len);
        uint32_t at = (uint32_t)hash & slot_mask;
        while (slots[at].entry) {
            at = (at + 1) & slot_mask;
        }
        slots[at] = (struct pack_slot){(uint32_t)(hash >> 32), (uint32_t)i + 1};
        struct place *place = ARENA_PUSH(c->arena, &c->places);
        if (place) { /* always, under the escape */
            *place = (struct place){hash, c->bit};
        }
    }
    buf_append(c->out, slots, ((size_t)slot_mask + 1) * sizeof *slots);
}

/* Puts `s` into the table's bytes; returns where. */
static uint32_t put_bytes(struct buf *bytes, struct slice s)
{
    uint32_t at = (uint32_t)bytes->len;
    buf_slice(bytes, s);
    return at;
}

/* Many keys share their value (a class, a gender): written once when it is that of the row before. */
static void write_entries(struct compiler *c, const struct rows *rows, struct buf *bytes)
{
    struct slice last_value = SLICE("");
    uint32_t last_at = 0;
    for (size_t i = 0; i < rows->count; i++) {
        const struct row *row = &rows->items[i];
        if (!slice_equal(row->value, last_value)) {
            last_value = row->value;
            last_at = put_bytes(bytes, row->value);
        }
        struct pack_entry_record record = {put_bytes(bytes, row->key),
                                           (uint32_t)row->key.len |
                                               (row->begins_longer ? PACK_BEGINS_LONGER : 0),
                                           last_at, (uint32_t)row->value.len};
        buf_append(c->out, &record, sizeof record);
    }
}

static void write_table(struct compiler *c, const struct rows *rows, size_t key_count)
{
    struct pack_table_header h = {.count = (uint32_t)key_count, .total = (uint32_t)rows->count};
    uint64_t slot_count = 2;
    while (slot_count < rows->count * (uint64_t)2) {
        slot_count *= 2;
    }
    h.slot_mask = (uint32_t)(slot_count - 1);
    for (size_t i = 0; i < rows->count; i++) {
        uint32_t len = (uint32_t)rows->items[i].key.len;
        h.longest_key = len > h.longest_key ? len : h.longest_key;
    }
    h.slots = (uint32_t)sizeof h;
    h.entries = h.slots + (uint32_t)(slot_count * sizeof(struct pack_slot));
    h.bytes = h.entries + (uint32_t)(rows->count * sizeof(struct pack_entry_record));
    size_t start = c->out->len;
    buf_append(c->out, &h, sizeof h);
    write_slots(c, rows, h.slot_mask);
    struct buf bytes;
    buf_init(&bytes);
    write_entries(c, rows, &bytes);
    h.bytes_len = (uint32_t)bytes.len;
    buf_slice(c->out, buf_view(&bytes));
    c->out->failed |= bytes.failed;
    buf_done(&bytes);
    if (!c->out->failed) {
        memcpy(c->out->data + start, &h, sizeof h);
    }
}

static enum rc compile_table(struct compiler *c, const struct pack_source *file)
{
    struct rows rows = {NULL, 0, 0};
    enum rc rc = read_rows(c, file, &rows);
    if (rc != RC_OK) {
        return rc;
    }
    if (rows.count) {
        qsort(rows.items, rows.count, sizeof *rows.items, compare_rows);
    }
    join_rows(c, &rows);
    size_t key_count = rows.count;
    mark_beginnings(c, &rows);
    write_table(c, &rows, key_count);
    return RC_OK;
}

static bool is_table(const char *name)
{
    return slice_ends(slice_cstr(name), SLICE(".tsv"));
}

/* Notes for people and editors' leftovers are no part of a pack. */
static bool is_ignored(const char *name)
{
    return name[0] == '.' || slice_ends(slice_cstr(name), SLICE(".md")) ||
           slice_ends(slice_cstr(name), SLICE("~"));
}

static enum rc name_part(struct compiler *c, const char *file, struct pack_part *part)
{
    struct slice name = slice_cstr(file);
    if (is_table(file)) {
        name.len -= 4;
    }
    if (name.len == 0 || name.len >= sizeof part->name) {
        return err_set(c->e, RC_INVALID, "%s: a file name of at most %zu bytes is needed", file,
                       sizeof part->name - 1);
    }
    memcpy(part->name, name.ptr, name.len);
    part->kind = is_table(file) ? PACK_TABLE : PACK_SECTION;
    return RC_OK;
}

static int compare_parts(const void *a, const void *b)
{
    const struct pack_part *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static enum rc write_part(struct compiler *c, const struct pack_source *file, size_t start,
                          struct pack_part *part)
{
    enum rc rc = name_part(c, file->name, part);
    if (rc != RC_OK) {
        return rc;
    }
    align(c->out);
    part->start = (uint32_t)(c->out->len - start);
    if (part->kind == PACK_TABLE) {
        part->bit = c->bit;
        rc = compile_table(c, file);
        c->bit++;
    } else {
        buf_slice(c->out, file->bytes);
    }
    part->size = (uint32_t)(c->out->len - start) - part->start;
    return rc;
}

/* In which tables each key is: behind all of them. Four keys share an entry: with one each, three megabytes more bought two per
 * cent of an analysis, with eight a half megabyte less cost fifteen. */
static void write_where(struct compiler *c, size_t start, struct pack_part *part)
{
    uint64_t count = 64;
    while (4 * count < c->places.count) {
        count *= 2;
    }
    uint64_t *where = ARENA_ARRAY(c->arena, uint64_t, count);
    for (size_t i = 0; i < c->places.count; i++) {
        const struct place *place = &c->places.items[i];
        where[place->hash >> 32 & (count - 1)] |= UINT64_C(1) << place->bit % 64;
    }
    align(c->out);
    *part = (struct pack_part){.name = PACK_WHERE,
                               .kind = PACK_SECTION,
                               .start = (uint32_t)(c->out->len - start),
                               .size = (uint32_t)(count * sizeof *where)};
    buf_append(c->out, where, count * sizeof *where);
}

/* The directory and the header, whose room was left in front. */
static enum rc write_front(struct compiler *c, struct pack_header *h, size_t start,
                           struct pack_part *parts)
{
    if (c->out->failed) {
        return err_nomem(c->e);
    }
    if (c->out->len - start > UINT32_MAX / 2) {
        return err_set(c->e, RC_TOO_LARGE, "a language pack of more than 2 GB");
    }
    qsort(parts, h->part_count, sizeof *parts, compare_parts);
    for (size_t i = 1; i < h->part_count; i++) {
        if (strcmp(parts[i - 1].name, parts[i].name) == 0) {
            return err_set(c->e, RC_INVALID, "two files for \"%s\"", parts[i].name);
        }
    }
    char *front = c->out->data + start, *body = front + sizeof *h;
    h->size = (uint32_t)(c->out->len - start);
    memcpy(body, parts, h->part_count * sizeof *parts);
    h->checksum = pack_hash(body, h->size - sizeof *h);
    memcpy(front, h, sizeof *h);
    return RC_OK;
}

static enum rc compile_parts(struct compiler *c, struct pack_header *h,
                             const struct pack_source *files, size_t count)
{
    struct pack_part *parts = ARENA_ARRAY(c->arena, struct pack_part, count + 1);
    size_t start = c->out->len;
    h->part_count = 1; /* PACK_WHERE */
    for (size_t i = 0; i < count; i++) {
        h->part_count += !is_ignored(files[i].name);
    }
    size_t front = sizeof *h + h->part_count * sizeof *parts;
    buf_append(c->out, arena_alloc(c->arena, front), front);
    struct pack_part *next = parts;
    for (size_t i = 0; i < count; i++) {
        if (is_ignored(files[i].name)) {
            continue;
        }
        enum rc rc = write_part(c, &files[i], start, next++);
        if (rc != RC_OK) {
            return rc;
        }
    }
    write_where(c, start, next);
    align(c->out);
    return write_front(c, h, start, parts);
}

enum rc pack_compile(const char *lang, const struct pack_source *files, size_t count,
                     struct buf *out, struct err *e)
{
    struct pack_header h = {.version = PACK_VERSION};
    memcpy(h.magic, PACK_MAGIC, sizeof h.magic);
    size_t len = strlen(lang);
    if (len == 0 || len >= sizeof h.lang) {
        return err_set(e, RC_INVALID, "\"%s\" is no language code", lang);
    }
    memcpy(h.lang, lang, len);
    CLEANUP(arena_free_p) struct arena *arena = arena_new(0);
    if (!arena) {
        return err_nomem(e);
    }
    jmp_buf out_of_memory;
    arena_escape(arena, &out_of_memory);
    if (setjmp(out_of_memory)) {
        return err_nomem(e);
    }
    struct compiler c = {.arena = arena, .out = out, .e = e};
    return compile_parts(&c, &h, files, count);
}
