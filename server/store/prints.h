/* Prints of words: how quotes that share words find each other without reading all of them.
 *
 * Shape:   a quote is kept under the hash of all its words and under some of the hashes of four words in a row: the
 *          least of each window of four (winnowing), the first and the last. Whoever looks with all hashes of four
 *          finds every quote with seven words in a row in common, and every shorter one that lies within.
 *          Words are those of the full-text index: case, accents, marks and elided articles don't count.
 * Source:  Schleimer, Wilkerson, Aiken: Winnowing (2003), for the choice and its guarantee.
 * Memory:  results live in the arena. Internal to store/.
 */
#ifndef GUILLEMET_STORE_PRINTS_H
#define GUILLEMET_STORE_PRINTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum {
    PRINT_WORDS = 4,       /* in a row */
    PRINTS_LEAST_WORDS = 3 /* shorter quotes ("Non") are the same by chance */
};

struct print_word {
    uint64_t hash; /* of the folded word */
    uint32_t start_byte, end_byte;
};

struct print_words {
    struct print_word *items;
    size_t count, capacity;
    struct arena *arena;
};

struct prints {
    int64_t *items; /* 32 bits each; distinct, sorted */
    size_t count;
};

struct print_words prints_words(struct arena *arena, struct slice text);
/* Appends the words of one more text; false when memory is out. */
bool prints_words_add(struct print_words *words, struct slice text);
struct prints prints_kept(struct arena *arena, const struct print_words *words);
/* Of every four words in a row, and of all. */
struct prints prints_all(struct arena *arena, const struct print_words *words);

#endif
