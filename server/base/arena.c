#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    FIRST_BLOCK_BYTES = 16 * 1024,
    LARGEST_STEP_BYTES = 128 * 1024,
    MOST_KEPT_BYTES = 256 * 1024
};

/* No allocation of an article comes near; a larger one is a number gone wrong. */
static const size_t MOST_BYTES = (size_t)1 << 38;

struct block {
    struct block *next; /* towards older blocks; the first block is the last of the chain */
    size_t size, used;
    alignas(max_align_t) char data[];
};

/* Invariant: the unused bytes of every block are zero (calloc gives them so, reset restores it), so
 * that no allocation needs clearing of its own. */
struct arena {
    struct block *current;
    size_t limit_bytes, used_bytes;
    jmp_buf *escape;
};

static struct block *block_new(size_t size)
{
    struct block *block = calloc(1, sizeof(struct block) + size);
    if (block) {
        block->size = size;
    }
    return block;
}

struct arena *arena_new(size_t limit_bytes)
{
    struct arena *arena = calloc(1, sizeof *arena);
    struct block *block = block_new(FIRST_BLOCK_BYTES);
    if (!arena || !block) {
        free(arena);
        free(block);
        return NULL;
    }
    arena->current = block;
    arena->limit_bytes = limit_bytes;
    return arena;
}

/* Frees a chain but for its largest block of at most `most_bytes`; the first one always fits. */
static struct block *free_all_but_one(struct block *block, size_t most_bytes)
{
    struct block *kept = NULL;
    while (block) {
        struct block *older = block->next, *loser = block;
        if (block->size <= most_bytes && (!kept || block->size > kept->size)) {
            loser = kept;
            kept = block;
        }
        free(loser);
        block = older;
    }
    return kept;
}

void arena_free(struct arena *arena)
{
    if (!arena) {
        return;
    }
    free(free_all_but_one(arena->current, 0));
    free(arena);
}

void arena_reset(struct arena *arena)
{
    struct block *kept = free_all_but_one(arena->current, MOST_KEPT_BYTES);
    memset(kept->data, 0, kept->used);
    kept->used = 0;
    kept->next = NULL;
    arena->current = kept;
    arena->used_bytes = 0;
}

size_t arena_used_bytes(const struct arena *arena)
{
    return arena->used_bytes;
}

jmp_buf *arena_escape(struct arena *arena, jmp_buf *escape)
{
    jmp_buf *before = arena->escape;
    arena->escape = escape;
    return before;
}

static void *fail(struct arena *arena)
{
    if (arena->escape) {
        longjmp(*arena->escape, 1);
    }
    return NULL;
}

static size_t round_up(size_t size)
{
    size_t unit = alignof(max_align_t);
    return (size + unit - 1) / unit * unit;
}

static bool within_limit(const struct arena *arena, size_t extra)
{
    return arena->limit_bytes == 0 || (arena->used_bytes <= arena->limit_bytes &&
                                       extra <= arena->limit_bytes - arena->used_bytes);
}

static bool add_block(struct arena *arena, size_t least)
{
    size_t size = arena->current->size * 2;
    if (size > LARGEST_STEP_BYTES) {
        size = LARGEST_STEP_BYTES;
    }
    struct block *block = block_new(size > least ? size : least);
    if (!block) {
        return false;
    }
    block->next = arena->current;
    arena->current = block;
    return true;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > MOST_BYTES) {
        return fail(arena);
    }
    size = round_up(size);
    struct block *block = arena->current;
    if (!within_limit(arena, size)) {
        return fail(arena);
    }
    if (size > block->size - block->used) {
        if (!add_block(arena, size)) {
            return fail(arena);
        }
        block = arena->current;
    }
    void *memory = block->data + block->used;
    block->used += size;
    arena->used_bytes += size;
    return memory;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        return fail(arena);
    }
    return arena_alloc(arena, bytes);
}

/* Grows the block's last allocation where it stands. */
static bool grow_in_place(struct arena *arena, const void *old, size_t old_bytes, size_t new_bytes)
{
    struct block *block = arena->current;
    size_t had = round_up(old_bytes);
    if (had == 0 || had > block->used || (const char *)old != block->data + block->used - had) {
        return false;
    }
    size_t extra = round_up(new_bytes) - had;
    if (extra > block->size - block->used || !within_limit(arena, extra)) {
        return false;
    }
    block->used += extra;
    arena->used_bytes += extra;
    return true;
}

void *arena_grow(struct arena *arena, const void *old, size_t old_count, size_t new_count,
                 size_t size)
{
    size_t old_bytes = 0, new_bytes = 0;
    if (__builtin_mul_overflow(old_count, size, &old_bytes) ||
        __builtin_mul_overflow(new_count, size, &new_bytes) || new_bytes > MOST_BYTES) {
        return fail(arena);
    }
    if (new_bytes < old_bytes) {
        new_bytes = old_bytes;
    }
    if (old && grow_in_place(arena, old, old_bytes, new_bytes)) {
        return (void *)(uintptr_t)old;
    }
    void *memory = arena_alloc(arena, new_bytes);
    if (memory && old && old_bytes) {
        memcpy(memory, old, old_bytes);
    }
    return memory;
}

int arena_vec_grow(struct arena *arena, void **items, size_t count, size_t *capacity, size_t size)
{
    size_t wanted = 0;
    if (__builtin_mul_overflow(*capacity, (size_t)2, &wanted)) {
        return fail(arena) != NULL;
    }
    if (wanted < 8) {
        wanted = 8;
    }
    /* `count` may be less than the capacity that was there: the whole old array is what grows. */
    void *memory = arena_grow(arena, *items, *items ? *capacity : 0, wanted, size);
    (void)count;
    if (!memory) {
        return 0;
    }
    *items = memory;
    *capacity = wanted;
    return 1;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    struct slice copy = arena_copy(arena, slice_cstr(text ? text : ""));
    return (char *)(uintptr_t)copy.ptr;
}

struct slice arena_copy(struct arena *arena, struct slice s)
{
    if (!slice_present(s)) {
        return SLICE_NONE;
    }
    char *memory = arena_alloc(arena, s.len < SIZE_MAX ? s.len + 1 : s.len);
    if (!memory) {
        return SLICE_NONE;
    }
    if (s.len) {
        memcpy(memory, s.ptr, s.len);
    }
    return slice_of(memory, s.len);
}

struct slice arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0) {
        return SLICE_NONE;
    }
    size_t room = (size_t)len + 1;
    char *memory = arena_alloc(arena, room);
    if (!memory) {
        return SLICE_NONE;
    }
    va_start(args, format);
    vsnprintf(memory, room, format, args);
    va_end(args);
    return slice_of(memory, (size_t)len);
}
