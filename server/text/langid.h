/* Which language a text is in, from the packs' own word and n-gram tables (`langid`).
 *
 * Shape:  the best pack's code with a confidence in 0…1; absent when the text is too short (fewer than
 *         about 40 letters) or no pack fits.
 * Speed:  reads at most the first 4 KB and a middle sample.
 */
#ifndef GUILLEMET_TEXT_LANGID_H
#define GUILLEMET_TEXT_LANGID_H

#include "base/arena.h"
#include "base/slice.h"

struct slice langid_detect(struct arena *arena, struct slice text, float *confidence);

/* For texts that langid_detect leaves open (short ones, lists of names): the pack that leads the others
 * clearly, though it isn't sure; absent when none does. */
struct slice langid_guess(struct arena *arena, struct slice text);

#endif
