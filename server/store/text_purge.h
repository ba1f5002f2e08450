/* Deleting an article's text, and keeping what is known of it: metadata, names and quotes. Internal to store/.
 *
 * Idea:    every span of the archive counts in the stored text, so the text keeps its length: what is to go becomes blanks, a
 *          character for a character of as many bytes. What stays are the title, the words of quotes, the verbs
 *          and people that they are said by, names and titles of people, and marks. All offsets hold as before.
 * Shape:   the standfirst, the words around quotes and older revisions go too, and the full-text index knows what is left.
 *          Such an article is never analysed again; a revision brings its new text.
 */
#ifndef GUILLEMET_STORE_TEXT_PURGE_H
#define GUILLEMET_STORE_TEXT_PURGE_H

#include "store/writer.h"

bool text_is_purged(struct writer *w, int64_t article);
/* False: there was nothing to do. */
bool text_purge(struct writer *w, int64_t article);

#endif
