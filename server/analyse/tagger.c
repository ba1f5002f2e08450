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
 * Rows of labels are padded to whole vectors of four. A sum over all labels with a weight of 0 for what is impossible
 * is the sum over the possible ones, to the last bit; so is the best with a score that never wins. */

#define VECTORS    5
#define LANES      4
#define IMPOSSIBLE (-1e30F)

typedef float floats __attribute__((vector_size(LANES * sizeof(float))));
typedef int32_t ints __attribute__((vector_size(LANES * sizeof(int32_t))));

union row {
    floats v[VECTORS];
    float at[VECTORS * LANES];
};

union back_row {
    ints v[VECTORS];
    int32_t at[VECTORS * LANES];
};

struct lattice {
    const struct tagger_model *model;
    uint32_t length;
    union row *scores; /* per token */
    union back_row *back;
    union row *raised;       /* exp of the scores, the largest of each token taken as 1 */
    union row *alpha, *beta; /* scaled probabilities */
    uint8_t *best;
};

struct grammar {
    union row score[TAGGER_LABELS];  /* [from], of each label that may follow */
    union row onward[TAGGER_LABELS]; /* [from]: exp of it */
    union row behind[TAGGER_LABELS]; /* [to]: exp of it, of each label that may come before */
};

static void read_grammar(const struct tagger_model *model, struct grammar *g)
{
    memset(g, 0, sizeof *g);
    for (unsigned from = 0; from < TAGGER_LABELS; from++) {
        for (unsigned to = 0; to < VECTORS * LANES; to++) {
            g->score[from].at[to] = IMPOSSIBLE;
        }
        for (unsigned to = 0; to < TAGGER_LABELS; to++) {
            if (tagger_follows(from, to)) {
                float score = model->transitions[from * TAGGER_LABELS + to];
                g->score[from].at[to] = score;
                g->onward[from].at[to] = g->behind[to].at[from] = expf(score);
            }
        }
    }
}

/* Sixteen weights at a time; TAGGER_FEATURES_MOST × 128 fits int16. */
typedef int8_t weights8 __attribute__((vector_size(TAGGER_ROW), may_alias));
typedef int16_t weights16 __attribute__((vector_size(TAGGER_ROW * 2)));

static void score_token(const struct tagger_model *model, const uint32_t *keys, size_t count,
                        union row *scores)
{
    uint32_t slots[TAGGER_FEATURES_MOST];
    /* The tables are larger than the nearest cache: ask for all the slots before reading the first. */
    for (size_t k = 0; k < count; k++) {
        slots[k] = tagger_first_slot(model->slots, keys[k]);
        __builtin_prefetch(model->keys + slots[k]);
        __builtin_prefetch(model->rows + (size_t)slots[k] * TAGGER_ROW);
    }
    weights16 sum = {0};
    for (size_t k = 0; k < count; k++) {
        uint32_t at = slots[k];
        while (model->keys[at] && model->keys[at] != keys[k]) {
            at = at + 1 == model->slots ? 0 : at + 1;
        }
        if (model->keys[at]) {
            weights8 row;
            memcpy(&row, model->rows + (size_t)at * TAGGER_ROW, sizeof row);
            sum += __builtin_convertvector(row, weights16);
        }
    }
    for (int l = 0; l < TAGGER_ROW; l++) {
        scores->at[l] = (float)sum[l] * model->scale;
    }
    scores->at[TAGGER_OUTSIDE] = 0;
}

static void score_stretch(const struct tagger_view *v, uint32_t first, const struct lattice *x)
{
    uint32_t keys[TAGGER_FEATURES_MOST];
    for (uint32_t i = 0; i < x->length; i++) {
        size_t count = tagger_features(v, first + i, keys);
        score_token(x->model, keys, count, &x->scores[i]);
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

/* Of two labels that lead to one equally well the first. */
static void best_before(const struct grammar *g, const union row *now, union row *best,
                        union back_row *back)
{
    for (int v = 0; v < VECTORS; v++) {
        floats most = {IMPOSSIBLE, IMPOSSIBLE, IMPOSSIBLE, IMPOSSIBLE};
        ints which = {0};
        for (int32_t from = 0; from < TAGGER_LABELS; from++) {
            floats s = g->score[from].v[v] + now->at[from];
            ints better = s > most;
            most = (floats)(((ints)s & better) | ((ints)most & ~better));
            which = (better & from) | (which & ~better);
        }
        best->v[v] = most;
        back->v[v] = which;
    }
}

static void viterbi(const struct lattice *x, const struct grammar *g)
{
    const float *start = x->model->transitions + TAGGER_LABELS * TAGGER_LABELS;
    const float *stop = start + TAGGER_LABELS;
    union row now = {.at = {0}}, next;
    for (unsigned l = 0; l < TAGGER_LABELS; l++) {
        now.at[l] = may_start(l) ? start[l] + x->scores[0].at[l] : -1e9F;
    }
    for (uint32_t i = 1; i < x->length; i++) {
        best_before(g, &now, &next, &x->back[i]);
        for (int v = 0; v < VECTORS; v++) {
            now.v[v] = next.v[v] + x->scores[i].v[v];
        }
    }
    unsigned best = TAGGER_OUTSIDE;
    for (unsigned l = 0; l < TAGGER_LABELS; l++) {
        if (may_end(l) && now.at[l] + stop[l] > now.at[best] + stop[best]) {
            best = l;
        }
    }
    for (uint32_t i = x->length; i-- > 0;) {
        x->best[i] = (uint8_t)best;
        best = i > 0 ? (unsigned)x->back[i].at[best] : best;
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
    for (int l = 0; l < TAGGER_LABELS; l++) {
        sum += row->at[l];
    }
    for (int v = 0; v < VECTORS; v++) {
        row->v[v] /= sum;
    }
}

static void step_onward(const struct grammar *g, const union row *before, const union row *raised,
                        union row *out)
{
    for (int v = 0; v < VECTORS; v++) {
        floats sum = {0};
        for (int from = 0; from < TAGGER_LABELS; from++) {
            sum += g->onward[from].v[v] * before->at[from];
        }
        out->v[v] = raised->v[v] * sum;
    }
}

static void step_behind(const struct grammar *g, const union row *after, const union row *raised,
                        union row *out)
{
    for (int v = 0; v < VECTORS; v++) {
        floats sum = {0};
        for (int to = 0; to < TAGGER_LABELS; to++) {
            sum += g->behind[to].v[v] * raised->at[to] * after->at[to];
        }
        out->v[v] = sum;
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
        x->alpha[0].at[l] = may_start(l) ? x->raised[0].at[l] * expf(start[l]) : 0;
        x->beta[last].at[l] = may_end(l) ? expf(stop[l]) : 0;
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
            all += x->alpha[i].at[l] * x->beta[i].at[l];
        }
        float p = x->alpha[i].at[x->best[i]] * x->beta[i].at[x->best[i]] / all;
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

static struct lattice lattice_new(struct arena *arena, const struct tagger_model *model,
                                  uint32_t most)
{
    struct lattice x = {.model = model};
    x.scores = arena_array(arena, most, sizeof *x.scores);
    x.back = arena_array(arena, most, sizeof *x.back);
    x.raised = arena_array(arena, most, sizeof *x.raised);
    x.alpha = arena_array(arena, most, sizeof *x.alpha);
    x.beta = arena_array(arena, most, sizeof *x.beta);
    x.best = ARENA_ARRAY(arena, uint8_t, most);
    return x;
}

void tagger_run(const struct reading *r, const struct lexicon *lexicon,
                const struct tagger_model *model, struct tags *out)
{
    struct tagger_view *v = tagger_view_new(r, lexicon, model);
    struct lattice x = lattice_new(r->arena, model, TAGGER_STRETCH_MOST);
    struct grammar *g = ARENA_NEW(r->arena, struct grammar);
    read_grammar(model, g);
    uint32_t at = 0, first, end;
    while (tagger_next_stretch(v, &at, &first, &end)) {
        x.length = end - first;
        score_stretch(v, first, &x);
        viterbi(&x, g);
        collect(r, &x, g, first, out);
    }
}
