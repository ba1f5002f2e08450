/* What the pack's tables know of each token, looked up once per document.
 *
 * Idea:   names are matched longest first, word by word. Tables of names apply to capitalised words only
 *         (a "rose" is no Rose); head nouns, titles and functions apply in any case.
 * Memory: arrays in the reading's arena, one entry a token.
 */
#ifndef GUILLEMET_ANALYSE_TAGGER_LEXICON_H
#define GUILLEMET_ANALYSE_TAGGER_LEXICON_H

#include "analyse/reading.h"

enum lexicon_bit {
    LEX_FIRST_NAME = 1u << 0,
    LEX_SURNAME = 1u << 1,
    LEX_PERSON = 1u << 2, /* a full name of `people` */
    LEX_COUNTRY = 1u << 3,
    LEX_REGION = 1u << 4,
    LEX_CITY = 1u << 5,
    LEX_TOWN = 1u << 6,
    LEX_INSTITUTION = 1u << 7,
    LEX_PARTY = 1u << 8,
    LEX_UNION = 1u << 9,
    LEX_NGO = 1u << 10,
    LEX_MEDIA = 1u << 11,
    LEX_COMPANY = 1u << 12,
    LEX_CLUB = 1u << 13,
    LEX_UNIVERSITY = 1u << 14,
    LEX_SEAT = 1u << 15,    /* an institution named by its seat */
    LEX_CAPITAL = 1u << 16, /* a government named by its city */
    LEX_ORG_HEAD = 1u << 17,
    LEX_PLACE_HEAD = 1u << 18,
    LEX_TITLE = 1u << 19,
    LEX_FUNCTION = 1u << 20,
    LEX_PARTICLE = 1u << 21,
    LEX_CALENDAR = 1u << 22,
    LEX_DEMONYM = 1u << 23,
    LEX_BITS = 24,              /* what the tagger sees; the rest is for rules */
    LEX_PLACE_NAMED = 1u << 24, /* a head that is part of the place's name: rue, lac */
    LEX_ARTICLE = 1u << 25,
    LEX_OF = 1u << 26, /* links inside a long name */
    LEX_AND = 1u << 27,
    LEX_FOR = 1u << 28,
    LEX_ACTING = 1u << 29, /* a verb that only people and bodies are subjects of */
    LEX_PREPOSITION = 1u << 30
};
#define LEX_ORG_TAKES                                                                              \
    (1u << 31) /* a head that, in lower case, is part of a body's name: ministère */
#define LEX_TAGGER ((1u << LEX_BITS) - 1)

#define LEX_PLACES (LEX_COUNTRY | LEX_REGION | LEX_CITY | LEX_TOWN)
#define LEX_ORGANISATIONS                                                                          \
    (LEX_INSTITUTION | LEX_PARTY | LEX_UNION | LEX_NGO | LEX_MEDIA | LEX_COMPANY | LEX_CLUB |      \
     LEX_UNIVERSITY)

struct lexicon {
    uint32_t *bits;  /* per token: the kinds of the matches that cover it */
    uint32_t *begin; /* per token: the kinds of the matches that begin there */
    uint32_t *inner; /* per token: the kinds of the matches that began before it */
    uint8_t *common; /* 0: not a common word; 1 (surely) … 4 (rarely): table `common_words` */
    uint32_t *
        office; /* per token: 1 + the first token of the office it is part of ("ministre de l'Intérieur"), or 0;
                         names_offices sets it, NULL before */
};

/* Under an arena escape. Without a pack everything is 0. */
void tagger_lexicon_read(const struct reading *r, struct lexicon *out);

#endif
