#include "named.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

void named_read(struct named *n, const char *lang, const char *text,
                const struct gazetteer *gazetteer)
{
    *n = (struct named){.arena = arena_new(0)};
    n->document.text = slice_cstr(text);
    n->document.blocks = ARENA_ARRAY(n->arena, struct block, strlen(text) + 1);
    n->options.gazetteer = gazetteer;
    struct reading *r = &n->reading;
    r->arena = n->arena;
    r->document = &n->document;
    r->options = &n->options;
    r->pack = pack_for(slice_cstr(lang));
    struct slice rest = n->document.text;
    while (slice_present(rest)) {
        struct slice line = slice_cut(&rest, '\n');
        uint32_t start = (uint32_t)(line.ptr - text), b = (uint32_t)n->document.block_count;
        if (line.len > 0) {
            n->document.blocks[n->document.block_count++] =
                (struct block){BLOCK_PARAGRAPH, {start, start + (uint32_t)line.len}};
            size_t first = r->tokens.count;
            tokens_scan(r->arena, r->pack, n->document.text, start, start + (uint32_t)line.len, b,
                        &r->tokens);
            sentences_split(r->arena, n->document.text, &r->tokens, first, &r->sentences);
        }
    }
    r->name_at = ARENA_ARRAY(r->arena, uint32_t, r->tokens.count);
    memset(r->name_at, 0xff, r->tokens.count * sizeof *r->name_at);
    names_find(r);
    roles_find(r);
}

void named_done(struct named *n)
{
    arena_free(n->arena);
}

const char *named_list(struct named *n)
{
    struct buf out;
    buf_init(&out);
    for (size_t i = 0; i < n->reading.names.count; i++) {
        const struct name *name = &n->reading.names.items[i];
        if (name->type != ENTITY_MISC) {
            buf_printf(&out, "%s%s ", out.len ? "|" : "", entity_type_name(name->type));
            buf_slice(&out, reading_text(&n->reading, name->span));
        }
    }
    char *list = arena_copy(n->arena, buf_view(&out)).len ? arena_alloc(n->arena, out.len + 1)
                                                          : arena_strdup(n->arena, "");
    memcpy(list, out.data ? out.data : "", out.len);
    buf_done(&out);
    return list;
}

void named_expect_(const char *lang, const char *text, const char *expected, const char *file,
                   int line)
{
    struct named n;
    named_read(&n, lang, text, NULL);
    const char *found = named_list(&n);
    if (strcmp(found, expected) != 0) {
        print_error("in \"%s\"\n  found    %s\n  expected %s\n", text, found, expected);
        named_done(&n);
        _fail(file, line);
    }
    named_done(&n);
}

static bool has(const struct named *n, const char *type, const char *text)
{
    for (size_t i = 0; i < n->reading.names.count; i++) {
        const struct name *name = &n->reading.names.items[i];
        if (slice_is(reading_text(&n->reading, name->span), text) &&
            strcmp(entity_type_name(name->type), type) == 0) {
            return true;
        }
    }
    return false;
}

void named_has_(const char *lang, const char *text, const char *type, const char *name,
                const char *file, int line)
{
    struct named n;
    named_read(&n, lang, text, NULL);
    bool good = has(&n, type, name);
    if (!good) {
        print_error("in \"%s\"\n  found %s\n  expected %s %s\n", text, named_list(&n), type, name);
    }
    named_done(&n);
    if (!good) {
        _fail(file, line);
    }
}

void named_lacks_(const char *lang, const char *text, const char *words, const char *file, int line)
{
    struct named n;
    named_read(&n, lang, text, NULL);
    size_t at = slice_find(n.document.text, slice_cstr(words), 0);
    bool touched = at == SIZE_MAX;
    for (size_t i = 0; i < n.reading.names.count; i++) {
        struct span span = n.reading.names.items[i].span;
        touched |= span.start_byte < at + strlen(words) && at < span.end_byte;
    }
    if (touched) {
        print_error("in \"%s\"\n  found %s\n  expected no name at \"%s\"\n", text, named_list(&n),
                    words);
    }
    named_done(&n);
    if (touched) {
        _fail(file, line);
    }
}

const struct entity *named_entity(const struct named *n, const char *name)
{
    for (size_t i = 0; i < n->reading.entities.count; i++) {
        if (slice_is(n->reading.entities.items[i].name, name)) {
            return &n->reading.entities.items[i];
        }
    }
    return NULL;
}

bool named_has_title(const struct entity *e, const char *title)
{
    for (size_t i = 0; i < e->title_count; i++) {
        if (slice_is(e->titles[i].text, title)) {
            return true;
        }
    }
    return false;
}
