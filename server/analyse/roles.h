/* Inside of the roles stage: what a person is called around a mention. */
#ifndef GUILLEMET_ANALYSE_ROLES_H
#define GUILLEMET_ANALYSE_ROLES_H

#include "analyse/reading.h"
#include "analyse/tagger_lexicon.h"
#include "text/pack.h"

/* Word classes of the pack's `grammar` table that roles look at. */
enum role_class {
    ROLE_DET = 1,
    ROLE_ADV = 2,
    ROLE_REL = 4,
    ROLE_FIN = 8,
    ROLE_BE = 16,
    ROLE_COORD = 32,
    ROLE_PREP = 64,
    ROLE_OF = 128,
    ROLE_MASCULINE = 256,
    ROLE_FEMININE = 512,
    ROLE_SINGULAR = 1024,
    ROLE_PLURAL = 2048,
    ROLE_SUB = 4096,
    ROLE_HAVE = 8192
};

struct roles {
    struct reading *r;
    struct pack_table grammar, functions, modifiers, finite_verbs, cue_verbs, person_titles,
        first_names, people;
    bool any_modifier; /* compounds: the pack's modifiers have the key * */
};

uint32_t roles_class(const struct roles *s, uint32_t token);
/* Longest entry of `functions` that starts at `token` (at most `limit` tokens on): its end, or `token` when there
 * is none. */
uint32_t roles_function(const struct roles *s, uint32_t token, uint32_t limit, struct slice *value);
/* Words that may stand before a function (ancien, former); where the table has the key *, any lower-case word that
 * is no function word or verb ("transport economist"). */
bool roles_is_modifier(const struct roles *s, uint32_t token);
/* A modifier that is no part of the role (nouveau, current). */
bool roles_is_outside(const struct roles *s, uint32_t token);
/* True for a word that ends a noun phrase: a finite verb, a relative, a subordinator. */
bool roles_is_verb(const struct roles *s, uint32_t token);

/* Calls for every role that is printed beside the mention: tokens [first, end). */
struct role {
    uint32_t first, end;
    enum gender gender;
};
#define ROLES_MOST 4
size_t roles_around(const struct roles *s, const struct name *name, struct role out[ROLES_MOST]);

#endif
