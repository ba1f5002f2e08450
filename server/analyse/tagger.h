/* The trained name tagger: a linear-chain CRF over hashed features of form, context, word lists and
 * word clusters. Inference only; server/train/ makes the weights.
 *
 * Shape:  labels are BILOU over the four entity types. A model is one read-only section that is used where
 *         it lies: an open-addressing table of feature keys, one row of 16 int8 weights a key (label O is
 *         the origin), float transitions, and a table of word clusters.
 * Speed:  linear in the number of tokens; stretches without a capital are skipped, they hold no name.
 * Errors: a damaged model or one of another version is RC_INVALID with a message.
 * Threads: models are read-only; tagger_use is for start-up.
 */
#ifndef GUILLEMET_ANALYSE_TAGGER_H
#define GUILLEMET_ANALYSE_TAGGER_H

#include "analyse/reading.h"
#include "analyse/tagger_lexicon.h"

#define TAGGER_TYPES       4
#define TAGGER_LABELS      17 /* 0…15: type × {begin, inside, last, unit}; 16: outside */
#define TAGGER_ROW         16
#define TAGGER_OUTSIDE     16
#define TAGGER_MAGIC       "guillemet-names"
#define TAGGER_VERSION     2
#define TAGGER_TRANSITIONS ((TAGGER_LABELS + 2) * TAGGER_LABELS)

enum tagger_place { TAGGER_BEGIN, TAGGER_INSIDE, TAGGER_LAST, TAGGER_UNIT };

static inline unsigned tagger_label(enum entity_type type, enum tagger_place place)
{
    return (unsigned)type * 4 + (unsigned)place;
}

/* True when label b may follow label a inside a sentence. */
bool tagger_follows(unsigned a, unsigned b);

struct tagger_header {
    char magic[16];
    uint32_t version, labels;
    uint32_t slots, cluster_slots;
    uint32_t keys_at, rows_at, cluster_keys_at, clusters_at, transitions_at; /* byte offsets */
    uint32_t size;     /* of the whole section */
    float scale;       /* of one int8 step */
    char lang[20];     /* of the pack whose tables it was trained with, NUL-padded */
    uint32_t checksum; /* of the whole section but itself */
};

struct tagger_model {
    const uint32_t *keys; /* 0: empty */
    const int8_t *rows;
    uint32_t slots;
    const uint32_t *cluster_keys;
    const uint16_t *clusters; /* per slot: fine, middle, coarse */
    uint32_t cluster_slots;
    const float *transitions; /* [from][to], then [TAGGER_LABELS] start and [TAGGER_LABELS] end */
    float scale;
    uint32_t checksum;
    char lang[20];
};

/* Cheap check of the header and the bounds; `checked` also looks at the whole section. It is used where it lies, on
 * an 8-byte boundary. */
enum rc tagger_open(struct slice section, bool checked, struct tagger_model *out, struct err *e);
/* As above, checked, and refused when it was trained for another language. */
enum rc tagger_open_for(struct slice section, struct slice lang, struct tagger_model *out,
                        struct err *e);
uint32_t tagger_checksum(struct slice section);

/* Makes a model the one of its language, in front of its pack's, and analyse_version tell it. Before any thread
 * starts. */
enum rc tagger_use(const struct tagger_model *model, struct err *e);
/* The model that reads the pack's language; false when there is none. */
bool tagger_model_of(const struct pack *pack, struct tagger_model *out);

/* ---- features, shared with the trainer */

#define TAGGER_FEATURES_MOST 160

struct tagger_view; /* what features need of a document */

struct tagger_view *tagger_view_new(const struct reading *r, const struct lexicon *lexicon,
                                    const struct tagger_model *model);
/* Longest stretch tagged in one go: what an endless "sentence" is cut into. */
#define TAGGER_STRETCH_MOST 256

/* The next stretch at or after *at of one sentence that may hold names: [*first, *end). False at the end. */
bool tagger_next_stretch(const struct tagger_view *v, uint32_t *at, uint32_t *first, uint32_t *end);
/* Feature keys of a token; never 0. Returns how many. */
size_t tagger_features(const struct tagger_view *v, uint32_t token,
                       uint32_t keys[TAGGER_FEATURES_MOST]);
uint32_t tagger_hash(struct slice text);
static inline uint32_t tagger_first_slot(uint32_t slots, uint32_t key)
{
    return (uint32_t)(((uint64_t)(key * 2654435769U) * slots) >> 32);
}
/* Where `key` is, or should be, in an open-addressing table of `slots`. */
uint32_t tagger_slot(const uint32_t *keys, uint32_t slots, uint32_t key);

/* ---- tagging */

struct tagged {
    uint32_t first, end; /* tokens */
    enum entity_type type;
    float confidence;
};

struct tags {
    struct tagged *items;
    size_t count, capacity;
};

/* Appends the names of the whole reading, in order. Under an arena escape. */
void tagger_run(const struct reading *r, const struct lexicon *lexicon,
                const struct tagger_model *model, struct tags *out);

#endif
