/* The fields of a search: `title:budget`, `speaker:"Anne Lebrun"`. Internal to store/.
 *
 * Shape:  a field is columns of the index, or a condition of the filter whose values are separated by commas.
 */
#ifndef GUILLEMET_STORE_SEARCH_FIELDS_H
#define GUILLEMET_STORE_SEARCH_FIELDS_H

#include "store/search_lexer.h"
#include "store/search_query.h"

struct search_field {
    const char *name;
    unsigned columns; /* 0: a condition */
    enum store_field field;
    unsigned roles;
    unsigned lists; /* bits of enum store_list */
};

/* NULL: no such field of this list; *nearest says what may have been meant. */
const struct search_field *search_fields_find(struct slice name, enum store_list list,
                                              const char **nearest);
/* Whether it is a field's name or nearly so: otherwise a colon is a sign like others. */
bool search_fields_sounds_like(struct slice name);
/* Reads the values behind the colon. RC_INVALID: *why says what is wrong. */
enum rc search_fields_add(const struct search_field *field, struct lexer *lexer, bool negated,
                          enum store_list list, struct arena *arena, struct store_filter *filter,
                          const char **why);

#endif
