/* Everything born in a request or a document lives in its arena and dies with it.
 *
 * Errors:  arena_alloc returns NULL when memory or the arena's limit is out, unless the arena has an
 *          escape (see arena_escape): then it does not return but longjmps there. Pure code that
 *          owns nothing but arena memory (text, analyse) runs under an escape and need not check.
 * Memory:  blocks grow geometrically; arena_reset keeps the largest of moderate size for the next document.
 * Threads: an arena belongs to one thread at a time.
 */
#ifndef GUILLEMET_BASE_ARENA_H
#define GUILLEMET_BASE_ARENA_H

#include <setjmp.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

struct arena;

/* `limit_bytes` 0: no limit but the machine's. NULL when memory is out. */
struct arena *arena_new(size_t limit_bytes);
void arena_free(struct arena *arena); /* NULL is fine */
void arena_reset(struct arena *arena);
size_t arena_used_bytes(const struct arena *arena);

/* Sets where a failed allocation jumps; NULL removes it. Returns the one that was set.
 *   jmp_buf out;
 *   jmp_buf *before = arena_escape(arena, &out);
 *   if (setjmp(out)) { arena_escape(arena, before); return err_nomem(e); }
 */
jmp_buf *arena_escape(struct arena *arena, jmp_buf *escape);

/* Zeroed, aligned for any type. A size of 0 gives a valid pointer. */
void *arena_alloc(struct arena *arena, size_t size);
/* count × size with overflow check. */
void *arena_array(struct arena *arena, size_t count, size_t size);
/* Grows an array that lives in the arena, copying it (in place when it is the last allocation). */
void *arena_grow(struct arena *arena, const void *old, size_t old_count, size_t new_count,
                 size_t size);
/* NUL-terminated copies. The slice forms return absent slices when memory is out. */
char *arena_strdup(struct arena *arena, const char *text);
struct slice arena_copy(struct arena *arena, struct slice s);
struct slice arena_printf(struct arena *arena, const char *format, ...) ERR_PRINTF(2, 3);

#define ARENA_NEW(arena, type)          ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_array((arena), (count), sizeof(type)))

/* Appends to an arena-backed vector { type *items; size_t count, capacity; }: yields the new zeroed
 * slot's address, or NULL when memory is out (never NULL under an escape). */
#define ARENA_PUSH(arena, vec)                                                                     \
    (((vec)->count < (vec)->capacity ||                                                            \
      arena_vec_grow((arena), (void **)&(vec)->items, (vec)->count, &(vec)->capacity,              \
                     sizeof *(vec)->items))                                                        \
         ? (__typeof__((vec)->items))memset(&(vec)->items[(vec)->count++], 0,                      \
                                            sizeof *(vec)->items)                                  \
         : NULL)
int arena_vec_grow(struct arena *arena, void **items, size_t count, size_t *capacity, size_t size);

#endif
