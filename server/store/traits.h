/* quotes.traits: what filters of quotes ask for, in one number that every index of quotes holds.
 *
 * Shape:   fields of bits, confidence on top so that a floor is one comparison. The table makes the number
 *          (migrations/, a generated column); here is how to ask it. A filter is `traits & mask = value`.
 */
#ifndef GUILLEMET_STORE_TRAITS_H
#define GUILLEMET_STORE_TRAITS_H

#include <stdint.h>

enum {
    TRAIT_TYPE_SHIFT = 0,  /* 2 bits */
    TRAIT_KIND_SHIFT = 2,  /* 3 bits; SPEAKER_UNKNOWN also for nobody */
    TRAIT_CLASS_SHIFT = 5, /* 4 bits; 15: no cue */
    TRAIT_NEGATED_SHIFT = 9,
    TRAIT_HYPOTHETICAL_SHIFT = 10,
    TRAIT_HEADLINE_SHIFT = 11,
    TRAIT_CONFIDENCE_SHIFT = 12
};

struct traits {
    int64_t mask, value;
};

static inline void traits_ask(struct traits *traits, unsigned shift, unsigned bits, int64_t value)
{
    traits->mask |= ((INT64_C(1) << bits) - 1) << shift;
    traits->value |= value << shift;
}

static inline void traits_waive(struct traits *traits, unsigned shift, unsigned bits)
{
    traits->mask &= ~(((INT64_C(1) << bits) - 1) << shift);
    traits->value &= traits->mask;
}

#endif
