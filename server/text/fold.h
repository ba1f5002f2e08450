/* Folding: the forms under which words and names are compared.
 *
 * fold_lower: lower case and straight apostrophes, diacritics kept, NFC: the key form of all language
 *             tables ("l'Élysée" → "l'élysée").
 * fold_key:   what names match by: also without diacritics, ligatures opened (œ → oe), apostrophes,
 *             hyphens and blanks become one blank, other punctuation dropped, ends trimmed
 *             ("L'Haÿ-les-Roses" → "l hay les roses").
 * fold_slug:  fold_key with '-' for blanks, for URLs; non-Latin letters are kept (percent-encoded by
 *             the URL builder), "" never: an empty result gives "-".
 * Transliteration variants unite at fold_name_key: fold_key, then y/i/j runs, doubled letters, -kyy
 *             and -skiy endings levelled (Zelensky, Zelenskyy, Zelenski → one key).
 * Memory: results live in the arena.
 */
#ifndef GUILLEMET_TEXT_FOLD_H
#define GUILLEMET_TEXT_FOLD_H

#include "base/arena.h"
#include "base/slice.h"

struct slice fold_lower(struct arena *arena, struct slice s);
struct slice fold_key(struct arena *arena, struct slice s);
struct slice fold_slug(struct arena *arena, struct slice s);
struct slice fold_name_key(struct arena *arena, struct slice s);

/* fold_lower into `out`, which has room for s.len bytes; SIZE_MAX when the text needs the full
 * function (combining marks, scripts whose case or composition changes lengths). */
size_t fold_lower_short(struct slice s, char *out);

/* Folds one code point for search: lower case, no diacritic; writes up to 8 bytes of UTF-8 into out
 * (a ligature gives several letters), returns how many; 0 for a mark that vanishes. */
size_t fold_code_point(uint32_t cp, char out[8]);

#endif
