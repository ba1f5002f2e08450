/* The other forms of a word: "grèves" for "grève", by the packs' table `search_forms`. Internal to store/.
 *
 * Shape:  the longest ending that the table has decides; what stands before it has three letters at least. Some of the
 *         forms are words of no language: the index doesn't have them either. A search for a word takes any of its
 *         forms; what stands between quotation marks is taken as it is.
 */
#ifndef GUILLEMET_STORE_SEARCH_FORMS_H
#define GUILLEMET_STORE_SEARCH_FORMS_H

#include "base/arena.h"
#include "store/filter.h"

/* Of one word, itself included. */
#define SEARCH_FORMS_MOST 10

/* The word and its other forms, in the languages that the filter asks for, else in all. 0: memory is out. */
size_t search_forms(struct slice word, const struct store_filter *filter, struct arena *arena,
                    struct slice out[SEARCH_FORMS_MOST]);

#endif
