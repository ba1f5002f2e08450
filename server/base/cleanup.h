/* Scope-bound cleanup: `CLEANUP(arena_free_p) struct arena *a = arena_new(0);`
 * A pointer from a `new` is yours: CLEANUP it, or take() it away to the next owner. */
#ifndef GUILLEMET_BASE_CLEANUP_H
#define GUILLEMET_BASE_CLEANUP_H

#include <stdlib.h>

#define CLEANUP(function) __attribute__((cleanup(function)))

/* Defines `name##_p`, the form that CLEANUP wants, for a `void name(type *)`. */
#define CLEANUP_DEFINE(name, type)                                                                 \
    static inline void name##_p(type **p)                                                          \
    {                                                                                              \
        if (*p) {                                                                                  \
            name(*p);                                                                              \
        }                                                                                          \
    }

static inline void cleanup_free(void *p)
{
    free(*(void **)p);
}

/* Moves a pointer out of a CLEANUP variable. */
#define take(p)                                                                                    \
    __extension__({                                                                                \
        __typeof__(p) taken_ = (p);                                                                \
        (p) = NULL;                                                                                \
        taken_;                                                                                    \
    })

#endif
