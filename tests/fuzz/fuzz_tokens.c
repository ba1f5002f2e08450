/* Any text → tokens, sentences, folds, offsets, language: tokens are in order, apart, and leave out nothing but blanks;
 * sentences are runs of tokens; folds are valid and their own folds; offsets go and return. The first byte chooses the
 * pack. */
#include <stdint.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "text/fold.h"
#include "text/langid.h"
#include "text/tokens.h"
#include "text/utf8.h"

CLEANUP_DEFINE(arena_free, struct arena)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* Ill-formed bytes become U+FFFD, as a reader of the service would have it. */
static struct slice make_valid(struct arena *arena, struct slice bytes)
{
    char *out = arena_array(arena, bytes.len + 1, 3);
    size_t len = 0;
    for (size_t at = 0; at < bytes.len;) {
        len += utf8_encode(utf8_decode(bytes, at, &at), out + len);
    }
    struct slice text = slice_of(out, len);
    size_t bad;
    check(utf8_valid(text, &bad));
    check(utf8_valid(bytes, &bad) == slice_equal(text, bytes));
    return text;
}

static void check_blank(struct slice text, size_t at, size_t end)
{
    while (at < end) {
        check(utf8_is_blank(utf8_decode(text, at, &at)));
    }
    check(at == end);
}

static void check_tokens(struct arena *arena, const struct pack *pack, struct slice text)
{
    struct tokens tokens = {NULL, 0, 0};
    struct sentences sentences = {NULL, 0, 0};
    tokens_scan(arena, pack, text, 0, (uint32_t)text.len, 0, &tokens);
    size_t at = 0;
    for (size_t i = 0; i < tokens.count; i++) {
        const struct token *t = &tokens.items[i];
        check(t->start_byte >= at && t->end_byte > t->start_byte && t->end_byte <= text.len);
        check_blank(text, at, t->start_byte);
        struct slice word = slice_of(text.ptr + t->start_byte, t->end_byte - t->start_byte);
        check(utf8_valid(word, NULL) && slice_equal(t->lower, fold_lower(arena, word)));
        at = t->end_byte;
    }
    check_blank(text, at, text.len);
    sentences_split(arena, text, &tokens, 0, &sentences);
    size_t next = 0;
    for (size_t i = 0; i < sentences.count; i++) {
        check(sentences.items[i].first == next && sentences.items[i].end > next);
        next = sentences.items[i].end;
        check(tokens.items[next - 1].sentence == i);
    }
    check(next == tokens.count);
}

static void check_folds(struct arena *arena, struct slice text)
{
    struct slice lower = fold_lower(arena, text), key = fold_key(arena, text);
    struct slice slug = fold_slug(arena, text), name = fold_name_key(arena, text);
    check(utf8_valid(lower, NULL) && utf8_valid(key, NULL) && utf8_valid(slug, NULL));
    check(utf8_valid(name, NULL) && name.len <= key.len && slug.len > 0);
    check(!slice_starts(key, SLICE(" ")) && !slice_ends(key, SLICE(" ")));
}

static void check_offsets(struct arena *arena, struct slice text)
{
    const struct offsets *o = offsets_new(arena, text);
    uint32_t cp = 0;
    for (size_t at = 0; at < text.len; cp++) {
        check(offsets_cp(o, (uint32_t)at) == cp && offsets_byte(o, cp) == at);
        check(offsets_utf16(o, (uint32_t)at) >= cp);
        (void)utf8_decode(text, at, &at);
    }
    check(utf8_count(text) == cp && offsets_cp(o, (uint32_t)text.len) == cp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 1 << 20) {
        return 0;
    }
    CLEANUP(arena_free_p) struct arena *arena = arena_new(0);
    jmp_buf out_of_memory;
    if (!arena || setjmp(out_of_memory)) {
        return 0;
    }
    arena_escape(arena, &out_of_memory);
    const struct pack *pack = pack_at(data[0] % (pack_count() + 1));
    struct slice text = make_valid(arena, slice_of((const char *)data + 1, size - 1));
    check_tokens(arena, pack, text);
    check_folds(arena, text);
    check_offsets(arena, text);
    float confidence = -1;
    struct slice lang = langid_detect(arena, text, &confidence);
    check(confidence >= 0 && confidence <= 1 && (!slice_present(lang) || pack_for(lang)));
    return 0;
}
