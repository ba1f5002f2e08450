#include "analyse/tagger.h"

#include <math.h>

bool tagger_follows(unsigned a, unsigned b)
{
    bool open = a < TAGGER_OUTSIDE && (a % 4 == TAGGER_BEGIN || a % 4 == TAGGER_INSIDE);
    bool goes_on = b < TAGGER_OUTSIDE && (b % 4 == TAGGER_INSIDE || b % 4 == TAGGER_LAST);
    return open ? goes_on && a / 4 == b / 4 : !goes_on;
}

/* ---- decoding one stretch
 *
 * A row is by place, then by type: all that begin, that go on, that end, that stand alone, and what is outside. Inside a
 * name there is one way on, to the same type: vector by vector. Only what ends one (last, unit, outside) leads to all that
 * may head the next (begin, unit, outside). Sums and ties go by the order of labels, whatever the order of a row: the
 * outcome is the one of going through all labels, to the last bit. */

#define VECTORS       5
#define LANES         4
#define ENDS          9 /* labels that end a name or stand outside; as many may head one */
#define IMPOSSIBLE    (-1e30F)
#define STRETCH_USUAL 64

typedef float floats __attribute__((vector_size(LANES * sizeof(float))));
typedef int32_t ints __attribute__((vector_size(LANES * sizeof(int32_t))));

union row {
    floats v[VECTORS];
    float at[VECTORS * LANES];
};

/* Where label l is in a row, and the other way round. */
#define LANE_OF(l) ((l) < TAGGER_OUTSIDE ? (l) % 4u * LANES + (l) / 4u : (l))

/* Vectors of a row, and lanes in the order of labels. */
enum { BEGINS, INSIDES, LASTS, UNITS, OUTSIDES };
static const uint8_t head_vectors[] = {BEGINS, UNITS, OUTSIDES};
static const uint8_t end_vectors[] = {LASTS, UNITS, OUTSIDES};
static const uint8_t heads[ENDS] = {0, 12, 1, 13, 2, 14, 3, 15, 16};
static const uint8_t ends[ENDS] = {8, 12, 9, 13, 10, 14, 11, 15, 16};

struct lattice {
    const struct tagger_model *model;
    uint32_t length, most;   /* most: there is room for */
    union row *scores;       /* per token */
    union row *reached;      /* score of the best way to each label */
    union row *raised;       /* exp of the scores, the largest of each token taken as 1 */
    union row *alpha, *beta; /* scaled probabilities */
    uint8_t *best;
};

/* Steps from one label to the next. */
struct steps {
    floats across[ENDS][3]; /* from each that ends to the vectors of heads */
    floats within[2][2];    /* from begin, inside to inside, last of the same type */
};

struct grammar {
    struct steps score, onward; /* onward: exp of the score */
    floats behind[ENDS][3];     /* to each that heads from the vectors of ends: exp */
};

static float transition(const struct tagger_model *model, unsigned from, unsigned to)
{
    return model->transitions[from * TAGGER_LABELS + to];
}

/* `lane` of a row as a label. */
static unsigned label_of(unsigned lane)
{
    return LANE_OF(lane); /* transposing twice changes nothing */
}

static void read_across(const struct tagger_model *model, struct grammar *g)
{
    for (unsigned k = 0; k < ENDS; k++) {
        for (unsigned v = 0; v < 3; v++) {
            unsigned lanes = head_vectors[v] == OUTSIDES ? 1 : LANES;
            g->score.across[k][v] = (floats){IMPOSSIBLE, IMPOSSIBLE, IMPOSSIBLE, IMPOSSIBLE};
            for (unsigned l = 0; l < lanes; l++) {
                unsigned head = label_of(head_vectors[v] * LANES + l);
                float score = transition(model, label_of(ends[k]), head);
                g->score.across[k][v][l] = score;
                g->onward.across[k][v][l] = expf(score);
                unsigned end = label_of(end_vectors[v] * LANES + l);
                g->behind[k][v][l] = expf(transition(model, end, label_of(heads[k])));
            }
        }
    }
}

static void read_grammar(const struct tagger_model *model, struct grammar *g)
{
    memset(g, 0, sizeof *g);
    read_across(model, g);
    for (unsigned from = BEGINS; from <= INSIDES; from++) {
        for (unsigned to = INSIDES; to <= LASTS; to++) {
            for (unsigned type = 0; type < TAGGER_TYPES; type++) {
                float score = transition(model, type * 4 + from, type * 4 + to);
                g->score.within[from][to - INSIDES][type] = score;
                g->onward.within[from][to - INSIDES][type] = expf(score);
            }
        }
    }
}

/* Sixteen weights at a time; TAGGER_FEATURES_MOST × 128 fits int16. */
typedef int8_t weights8 __attribute__((vector_size(TAGGER_ROW), may_alias));
typedef int16_t weights16 __attribute__((vector_size(TAGGER_ROW * 2)));

/* A token's features, and where in the model each is looked for first. */
struct looked {
    uint32_t keys[TAGGER_FEATURES_MOST], slots[TAGGER_FEATURES_MOST];
    size_t count;
};

/* The tables are larger than the nearest cache: asks for all that a token needs, to be read while the next is looked at. */
static void look_ahead(const struct tagger_model *model, const struct tagger_view *v,
                       uint32_t token, struct looked *out)
{
    out->count = tagger_features(v, token, out->keys);
    for (size_t k = 0; k < out->count; k++) {
        out->slots[k] = tagger_first_slot(model->slots, out->keys[k]);
        __builtin_prefetch(model->keys + out->slots[k]);
        __builtin_prefetch(model->rows + (size_t)out->slots[k] * TAGGER_ROW);
    }
}

static void score_token(const struct tagger_model *model, const struct looked *token,
                        union row *scores)
{
    weights16 sum = {0};
    for (size_t k = 0; k < token->count; k++) {
        uint32_t at = token->slots[k];
        while (model->keys[at] && model->keys[at] != token->keys[k]) {
            at = at + 1 == model->slots ? 0 : at + 1;
        }
        if (model->keys[at]) {
            weights8 row;
            memcpy(&row, model->rows + (size_t)at * TAGGER_ROW, sizeof row);
            sum += __builtin_convertvector(row, weights16);
        }
    }
    for (unsigned l = 0; l < TAGGER_ROW; l++) {
        scores->at[LANE_OF(l)] = (float)sum[l] * model->scale;
    }
    scores->at[TAGGER_OUTSIDE] = 0;
}

static void score_stretch(const struct tagger_view *v, uint32_t first, const struct lattice *x)
{
    struct looked tokens[2];
    look_ahead(x->model, v, first, &tokens[0]);
    for (uint32_t i = 0; i < x->length; i++) {
        if (i + 1 < x->length) {
            look_ahead(x->model, v, first + i + 1, &tokens[(i + 1) % 2]);
        }
        score_token(x->model, &tokens[i % 2], &x->scores[i]);
    }
}

static bool may_start(unsigned label)
{
    return tagger_follows(TAGGER_OUTSIDE, label);
}

static bool may_end(unsigned label)
{
    return tagger_follows(label, TAGGER_OUTSIDE);
}

static floats larger(floats a, floats b)
{
    for (int l = 0; l < LANES; l++) {
        a[l] = a[l] > b[l] ? a[l] : b[l];
    }
    return a;
}

/* Scores of the best ways to the labels of the next token. */
static void best_onward(const struct steps *score, const union row *now, union row *out)
{
    floats most[3];
    for (int v = 0; v < 3; v++) {
        most[v] = score->across[0][v] + now->at[ends[0]];
    }
    for (int k = 1; k < ENDS; k++) {
        for (int v = 0; v < 3; v++) {
            most[v] = larger(score->across[k][v] + now->at[ends[k]], most[v]);
        }
    }
    for (int v = 0; v < 3; v++) {
        out->v[head_vectors[v]] = most[v];
    }
    for (int to = 0; to < 2; to++) {
        out->v[INSIDES + to] = larger(score->within[BEGINS][to] + now->v[BEGINS],
                                      score->within[INSIDES][to] + now->v[INSIDES]);
    }
}

/* The label from which the best way leads to `to`: of two that are equally good the first. */
static unsigned best_before(const struct lattice *x, const union row *now, unsigned to)
{
    bool goes_on = !may_start(to);
    unsigned best = 0, count = goes_on ? 2 : ENDS;
    float most = IMPOSSIBLE;
    for (unsigned k = 0; k < count; k++) {
        unsigned from = goes_on ? to / 4 * 4 + k : label_of(ends[k]);
        float score = transition(x->model, from, to) + now->at[LANE_OF(from)];
        if (score > most) {
            most = score;
            best = from;
        }
    }
    return best;
}

static void viterbi(const struct lattice *x, const struct grammar *g)
{
    const float *start = x->model->transitions + TAGGER_LABELS * TAGGER_LABELS;
    const float *stop = start + TAGGER_LABELS;
    for (unsigned l = 0; l < TAGGER_LABELS; l++) {
        x->reached[0].at[LANE_OF(l)] =
            may_start(l) ? start[l] + x->scores[0].at[LANE_OF(l)] : -1e9F;
    }
    for (uint32_t i = 1; i < x->length; i++) {
        best_onward(&g->score, &x->reached[i - 1], &x->reached[i]);
        for (int v = 0; v < VECTORS; v++) {
            x->reached[i].v[v] += x->scores[i].v[v];
        }
    }
    const union row *now = &x->reached[x->length - 1];
    unsigned best = TAGGER_OUTSIDE;
    for (unsigned l = 0; l < TAGGER_LABELS; l++) {
        if (may_end(l) && now->at[LANE_OF(l)] + stop[l] > now->at[LANE_OF(best)] + stop[best]) {
            best = l;
        }
    }
    for (uint32_t i = x->length; i-- > 0;) {
        x->best[i] = (uint8_t)best;
        best = i > 0 ? best_before(x, &x->reached[i - 1], best) : best;
    }
}

/* exp of the scores, the largest of each token taken as 1 so that nothing overflows. */
static void raise_scores(const struct lattice *x)
{
    for (uint32_t i = 0; i < x->length; i++) {
        float most = 0;
        for (int l = 0; l < TAGGER_LABELS; l++) {
            most = x->scores[i].at[l] > most ? x->scores[i].at[l] : most;
        }
        for (int l = 0; l < TAGGER_LABELS; l++) {
            x->raised[i].at[l] = expf(x->scores[i].at[l] - most);
        }
    }
}

static void rescale(union row *row)
{
    float sum = 1e-30F;
    for (unsigned l = 0; l < TAGGER_LABELS; l++) {
        sum += row->at[LANE_OF(l)];
    }
    for (int v = 0; v < VECTORS; v++) {
        row->v[v] /= sum;
    }
}

static void step_onward(const struct grammar *g, const union row *before, const union row *raised,
                        union row *out)
{
    const struct steps *onward = &g->onward;
    floats sum[3] = {{0}};
    for (int k = 0; k < ENDS; k++) {
        for (int v = 0; v < 3; v++) {
            sum[v] += onward->across[k][v] * before->at[ends[k]];
        }
    }
    for (int v = 0; v < 3; v++) {
        out->v[head_vectors[v]] = raised->v[head_vectors[v]] * sum[v];
    }
    for (int to = 0; to < 2; to++) {
        out->v[INSIDES + to] =
            raised->v[INSIDES + to] * (onward->within[BEGINS][to] * before->v[BEGINS] +
                                       onward->within[INSIDES][to] * before->v[INSIDES]);
    }
}

static void step_behind(const struct grammar *g, const union row *after, const union row *raised,
                        union row *out)
{
    floats sum[3] = {{0}};
    for (int k = 0; k < ENDS; k++) {
        for (int v = 0; v < 3; v++) {
            sum[v] += g->behind[k][v] * raised->at[heads[k]] * after->at[heads[k]];
        }
    }
    for (int v = 0; v < 3; v++) {
        out->v[end_vectors[v]] = sum[v];
    }
    for (int from = BEGINS; from <= INSIDES; from++) {
        const floats *within = g->onward.within[from];
        out->v[from] = within[0] * raised->v[INSIDES] * after->v[INSIDES] +
                       within[1] * raised->v[LASTS] * after->v[LASTS];
    }
}

/* Forward and backward probabilities, each token's row scaled to 1. */
static void sum_paths(const struct lattice *x, const struct grammar *g)
{
    const float *start = x->model->transitions + TAGGER_LABELS * TAGGER_LABELS;
    const float *stop = start + TAGGER_LABELS;
    uint32_t last = x->length - 1;
    raise_scores(x);
    x->alpha[0] = x->beta[last] = (union row){.at = {0}};
    for (unsigned l = 0; l < TAGGER_LABELS; l++) {
        unsigned at = LANE_OF(l);
        x->alpha[0].at[at] = may_start(l) ? x->raised[0].at[at] * expf(start[l]) : 0;
        x->beta[last].at[at] = may_end(l) ? expf(stop[l]) : 0;
    }
    rescale(&x->alpha[0]);
    for (uint32_t i = 1; i < x->length; i++) {
        step_onward(g, &x->alpha[i - 1], &x->raised[i], &x->alpha[i]);
        rescale(&x->alpha[i]);
    }
    rescale(&x->beta[last]);
    for (uint32_t i = last; i-- > 0;) {
        step_behind(g, &x->beta[i + 1], &x->raised[i + 1], &x->beta[i]);
        rescale(&x->beta[i]);
    }
}

/* A name is as sure as its least sure label. */
static float confidence_of(const struct lattice *x, uint32_t first, uint32_t end)
{
    float least = 1;
    for (uint32_t i = first; i < end; i++) {
        float all = 1e-30F;
        for (unsigned l = 0; l < TAGGER_LABELS; l++) {
            all += x->alpha[i].at[LANE_OF(l)] * x->beta[i].at[LANE_OF(l)];
        }
        unsigned best = LANE_OF(x->best[i]);
        float p = x->alpha[i].at[best] * x->beta[i].at[best] / all;
        least = p < least ? p : least;
    }
    return least;
}

static void collect(const struct reading *r, const struct lattice *x, const struct grammar *g,
                    uint32_t first, struct tags *out)
{
    bool summed = false;
    for (uint32_t i = 0; i < x->length; i++) {
        unsigned label = x->best[i];
        if (label == TAGGER_OUTSIDE) {
            continue;
        }
        uint32_t end = i + 1;
        while (label % 4 == TAGGER_BEGIN && end < x->length && x->best[end] % 4 == TAGGER_INSIDE) {
            end++;
        }
        end += label % 4 == TAGGER_BEGIN && end < x->length;
        if (!summed) {
            sum_paths(x, g);
            summed = true;
        }
        *ARENA_PUSH(r->arena, out) = (struct tagged){.first = first + i,
                                                     .end = first + end,
                                                     .type = (enum entity_type)(label / 4),
                                                     .confidence = confidence_of(x, i, end)};
        i = end - 1;
    }
}

/* Room for `length` tokens: most stretches are a sentence. */
static void lattice_fit(struct arena *arena, struct lattice *x, uint32_t length)
{
    x->length = length;
    if (length <= x->most) {
        return;
    }
    x->most = length <= STRETCH_USUAL ? STRETCH_USUAL : TAGGER_STRETCH_MOST;
    x->scores = arena_array(arena, x->most, sizeof *x->scores);
    x->reached = arena_array(arena, x->most, sizeof *x->reached);
    x->raised = arena_array(arena, x->most, sizeof *x->raised);
    x->alpha = arena_array(arena, x->most, sizeof *x->alpha);
    x->beta = arena_array(arena, x->most, sizeof *x->beta);
    x->best = ARENA_ARRAY(arena, uint8_t, x->most);
}

void tagger_run(const struct reading *r, const struct lexicon *lexicon,
                const struct tagger_model *model, struct tags *out)
{
    struct tagger_view *v = tagger_view_new(r, lexicon, model);
    struct lattice x = {.model = model};
    struct grammar *g = ARENA_NEW(r->arena, struct grammar);
    read_grammar(model, g);
    uint32_t at = 0, first, end;
    while (tagger_next_stretch(v, &at, &first, &end)) {
        lattice_fit(r->arena, &x, end - first);
        score_stretch(v, first, &x);
        viterbi(&x, g);
        collect(r, &x, g, first, out);
    }
}
