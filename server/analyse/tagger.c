#include "analyse/tagger.h"

#include <math.h>

bool tagger_follows(unsigned a, unsigned b)
{
    bool open = a < TAGGER_OUTSIDE && (a % 4 == TAGGER_BEGIN || a % 4 == TAGGER_INSIDE);
    bool goes_on = b < TAGGER_OUTSIDE && (b % 4 == TAGGER_INSIDE || b % 4 == TAGGER_LAST);
    return open ? goes_on && a / 4 == b / 4 : !goes_on;
}

/* ---- decoding one stretch */

struct lattice {
    const struct tagger_model *model;
    uint32_t length;
    float (*scores)[TAGGER_LABELS]; /* per token */
    uint8_t (*back)[TAGGER_LABELS];
    float (*alpha)[TAGGER_LABELS], (*beta)[TAGGER_LABELS]; /* scaled probabilities */
    uint8_t *best;
};

/* Lists of labels that may come before each label: most pairs are impossible. */
struct grammar {
    uint8_t count[TAGGER_LABELS];
    uint8_t before[TAGGER_LABELS][TAGGER_LABELS];
    float odds[TAGGER_LABELS][TAGGER_LABELS]; /* exp of transitions, [to][n-th before] */
};

static void read_grammar(const struct tagger_model *model, struct grammar *g)
{
    memset(g->count, 0, sizeof g->count);
    for (unsigned to = 0; to < TAGGER_LABELS; to++) {
        for (unsigned from = 0; from < TAGGER_LABELS; from++) {
            if (tagger_follows(from, to)) {
                g->odds[to][g->count[to]] = expf(model->transitions[from * TAGGER_LABELS + to]);
                g->before[to][g->count[to]++] = (uint8_t)from;
            }
        }
    }
}

/* Sixteen weights at a time; TAGGER_FEATURES_MOST × 128 fits int16. */
typedef int8_t weights8 __attribute__((vector_size(TAGGER_ROW), may_alias));
typedef int16_t weights16 __attribute__((vector_size(TAGGER_ROW * 2)));

static void score_token(const struct tagger_model *model, const uint32_t *keys, size_t count,
                        float scores[TAGGER_LABELS])
{
    /* The tables are larger than the nearest cache: ask for all the slots before reading the first. */
    for (size_t k = 0; k < count; k++) {
        uint32_t at = tagger_first_slot(model->slots, keys[k]);
        __builtin_prefetch(model->keys + at);
        __builtin_prefetch(model->rows + (size_t)at * TAGGER_ROW);
    }
    weights16 sum = {0};
    for (size_t k = 0; k < count; k++) {
        uint32_t at = tagger_slot(model->keys, model->slots, keys[k]);
        if (model->keys[at]) {
            weights8 row;
            memcpy(&row, model->rows + (size_t)at * TAGGER_ROW, sizeof row);
            sum += __builtin_convertvector(row, weights16);
        }
    }
    for (int l = 0; l < TAGGER_ROW; l++) {
        scores[l] = (float)sum[l] * model->scale;
    }
    scores[TAGGER_OUTSIDE] = 0;
}

static void score_stretch(const struct tagger_view *v, uint32_t first, const struct lattice *x)
{
    uint32_t keys[TAGGER_FEATURES_MOST];
    for (uint32_t i = 0; i < x->length; i++) {
        size_t count = tagger_features(v, first + i, keys);
        score_token(x->model, keys, count, x->scores[i]);
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

static void viterbi(const struct lattice *x, const struct grammar *g)
{
    const float *start = x->model->transitions + TAGGER_LABELS * TAGGER_LABELS;
    const float *stop = start + TAGGER_LABELS;
    float now[TAGGER_LABELS], next[TAGGER_LABELS];
    for (unsigned l = 0; l < TAGGER_LABELS; l++) {
        now[l] = may_start(l) ? start[l] + x->scores[0][l] : -1e9F;
    }
    for (uint32_t i = 1; i < x->length; i++) {
        for (unsigned to = 0; to < TAGGER_LABELS; to++) {
            float best = -1e30F;
            for (unsigned n = 0; n < g->count[to]; n++) {
                unsigned from = g->before[to][n];
                float s = now[from] + x->model->transitions[from * TAGGER_LABELS + to];
                if (s > best) {
                    best = s;
                    x->back[i][to] = (uint8_t)from;
                }
            }
            next[to] = best + x->scores[i][to];
        }
        memcpy(now, next, sizeof now);
    }
    unsigned best = TAGGER_OUTSIDE;
    for (unsigned l = 0; l < TAGGER_LABELS; l++) {
        if (may_end(l) && now[l] + stop[l] > now[best] + stop[best]) {
            best = l;
        }
    }
    for (uint32_t i = x->length; i-- > 0;) {
        x->best[i] = (uint8_t)best;
        best = i > 0 ? x->back[i][best] : best;
    }
}

/* exp of the scores, the largest of each token taken as 1 so that nothing overflows. */
static void exponentiate(const float scores[TAGGER_LABELS], float out[TAGGER_LABELS])
{
    float most = 0;
    for (int l = 0; l < TAGGER_LABELS; l++) {
        most = scores[l] > most ? scores[l] : most;
    }
    for (int l = 0; l < TAGGER_LABELS; l++) {
        out[l] = expf(scores[l] - most);
    }
}

static void rescale(float row[TAGGER_LABELS])
{
    float sum = 1e-30F;
    for (int l = 0; l < TAGGER_LABELS; l++) {
        sum += row[l];
    }
    for (int l = 0; l < TAGGER_LABELS; l++) {
        row[l] /= sum;
    }
}

/* Forward and backward probabilities, each token's row scaled to 1. */
static void sum_paths(const struct lattice *x, const struct grammar *g)
{
    const float *start = x->model->transitions + TAGGER_LABELS * TAGGER_LABELS;
    const float *stop = start + TAGGER_LABELS;
    float here[TAGGER_LABELS];
    for (uint32_t i = 0; i < x->length; i++) {
        exponentiate(x->scores[i], here);
        for (unsigned to = 0; to < TAGGER_LABELS; to++) {
            float sum = 0;
            for (unsigned n = 0; n < g->count[to] && i > 0; n++) {
                sum += x->alpha[i - 1][g->before[to][n]] * g->odds[to][n];
            }
            x->alpha[i][to] = here[to] * (i > 0 ? sum : may_start(to) ? expf(start[to]) : 0);
        }
        rescale(x->alpha[i]);
    }
    for (uint32_t i = x->length; i-- > 0;) {
        if (i + 1 == x->length) {
            for (unsigned l = 0; l < TAGGER_LABELS; l++) {
                x->beta[i][l] = may_end(l) ? expf(stop[l]) : 0;
            }
        } else {
            memset(x->beta[i], 0, sizeof x->beta[i]);
            exponentiate(x->scores[i + 1], here);
            for (unsigned to = 0; to < TAGGER_LABELS; to++) {
                for (unsigned n = 0; n < g->count[to]; n++) {
                    x->beta[i][g->before[to][n]] += g->odds[to][n] * here[to] * x->beta[i + 1][to];
                }
            }
        }
        rescale(x->beta[i]);
    }
}

/* A name is as sure as its least sure label. */
static float confidence_of(const struct lattice *x, uint32_t first, uint32_t end)
{
    float least = 1;
    for (uint32_t i = first; i < end; i++) {
        float all = 1e-30F;
        for (unsigned l = 0; l < TAGGER_LABELS; l++) {
            all += x->alpha[i][l] * x->beta[i][l];
        }
        float p = x->alpha[i][x->best[i]] * x->beta[i][x->best[i]] / all;
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
