/* For the tests of names: a text is read up to the roles stage, then asked what it found where. */
#ifndef GUILLEMET_TESTS_NAMED_H
#define GUILLEMET_TESTS_NAMED_H

#include "analyse/gazetteer.h"
#include "analyse/reading.h"

struct named {
    struct arena *arena;
    struct document document;
    struct analyse_options options;
    struct reading reading;
};

/* Each line of `text` is a block, the first a title when `titled`. */
void named_read(struct named *n, const char *lang, const char *text,
                const struct gazetteer *gazetteer);
void named_done(struct named *n);

/* "PER Steve Witkoff|ORG Kremlin": all names in order. */
const char *named_list(struct named *n);
/* Fails unless the names of `text` are exactly `expected` (MISC left out). */
void named_expect_(const char *lang, const char *text, const char *expected, const char *file,
                   int line);
#define named_expect(lang, text, expected) named_expect_(lang, text, expected, __FILE__, __LINE__)
/* Fails unless some name prints as `name` with that type ("PER"), or, for a near-miss, if one touches `words`. */
void named_has_(const char *lang, const char *text, const char *type, const char *name,
                const char *file, int line);
#define named_has(lang, text, type, name) named_has_(lang, text, type, name, __FILE__, __LINE__)
void named_lacks_(const char *lang, const char *text, const char *words, const char *file,
                  int line);
#define named_lacks(lang, text, words) named_lacks_(lang, text, words, __FILE__, __LINE__)

/* The entity called `name`, or NULL. */
const struct entity *named_entity(const struct named *n, const char *name);
bool named_has_title(const struct entity *e, const char *title);

#endif
