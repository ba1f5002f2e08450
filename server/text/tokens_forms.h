/* Forms that are told by their characters alone: addresses, handles, stopped letters, marks of several
 * characters. Shared by tokens*.c only. Each looks at `text` from `at` on. */
#ifndef GUILLEMET_TEXT_TOKENS_FORMS_H
#define GUILLEMET_TEXT_TOKENS_FORMS_H

#include <stdbool.h>

#include "base/slice.h"

/* True when letters, digits and dots from `at` on lead to an @: the front of an e-mail address. */
bool tokens_forms_leads_to_at_sign(struct slice text, size_t at);
/* Letters that each have their stop: U.S., O.N.U., J.-P., p.m. Returns how many; *end is behind them. */
size_t tokens_forms_stopped_letters(struct slice text, size_t at, size_t *end);
/* Where the web address that starts at `start` ends; `start` when none does. */
size_t tokens_forms_end_of_address(struct slice text, size_t start);
/* @handle, #hashtag: the end, or `start` when it is none. */
size_t tokens_forms_end_of_tag(struct slice text, size_t start);
/* The end of a punctuation mark or symbol: "...", "--", "<<", ">>" are one mark. */
size_t tokens_forms_end_of_mark(struct slice text, size_t start);

#endif
