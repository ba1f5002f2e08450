/* Trains the name tagger: a linear-chain CRF by AdaGrad on the likelihood, then quantised to int8.
 *
 * usage: names_train LANG CORPUS CLUSTERS OUT [epochs [rows_kept]]
 * CORPUS (see MODEL_CARD.md): `D weight` opens a document, `T text` a block, `E start end TYPE` a name in bytes of
 * the block, TYPE `?` leaves those tokens' labels open. CLUSTERS: word, fine, middle, coarse cluster.
 * Deterministic: one thread, a fixed shuffle.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "train/names_corpus.h"

#define LEARNING_RATE 0.08F
#define DECAY         0.15F /* per epoch and feature, whatever its frequency */
#define WEIGHT_MOST   4.0F
#define NEGLIGIBLE    0.003F

struct weights {
    float (*w)[TAGGER_ROW], (*g2)[TAGGER_ROW], (*sum)[TAGGER_ROW];
    float transitions[TAGGER_LABELS + 2][TAGGER_LABELS],
        transitions_g2[TAGGER_LABELS + 2][TAGGER_LABELS];
};

struct lattice {
    float scores[TAGGER_STRETCH_MOST][TAGGER_LABELS];
    float alpha[TAGGER_STRETCH_MOST][TAGGER_LABELS], beta[TAGGER_STRETCH_MOST][TAGGER_LABELS];
    float node[TAGGER_STRETCH_MOST][TAGGER_LABELS]; /* marginals */
    float here[TAGGER_STRETCH_MOST][TAGGER_LABELS]; /* exp of the scores that the masks allow */
    float edge[TAGGER_LABELS][TAGGER_LABELS];
    double log_sum;
};

static void score(const struct corpus *c, const struct weights *w, const struct stretch *s,
                  struct lattice *x)
{
    for (uint32_t i = 0; i < s->length; i++) {
        const struct corpus_token *t = &c->tokens[s->first + i];
        float sum[TAGGER_ROW] = {0};
        for (uint32_t k = 0; k < t->count; k++) {
            const float *row = w->w[c->features[t->first + k]];
            for (int l = 0; l < TAGGER_ROW; l++) {
                sum[l] += row[l];
            }
        }
        memcpy(x->scores[i], sum, sizeof sum);
        x->scores[i][TAGGER_OUTSIDE] = 0;
    }
}

static bool allowed(uint32_t mask, unsigned label)
{
    return mask >> label & 1;
}

static void normalise(float row[TAGGER_LABELS], double *log_sum)
{
    float sum = 1e-30F;
    for (int l = 0; l < TAGGER_LABELS; l++) {
        sum += row[l];
    }
    for (int l = 0; l < TAGGER_LABELS; l++) {
        row[l] /= sum;
    }
    *log_sum += log((double)sum);
}

typedef const float odds_table[TAGGER_LABELS][TAGGER_LABELS];

static uint32_t mask_of(const struct corpus *c, const struct stretch *s, uint32_t i, bool masked)
{
    return masked ? c->tokens[s->first + i].mask : ~0u;
}

static void forward(const struct corpus *c, const struct weights *w, const struct stretch *s,
                    bool masked, odds_table odds, struct lattice *x)
{
    for (uint32_t i = 0; i < s->length; i++) {
        uint32_t mask = mask_of(c, s, i, masked);
        float most = -1e9F;
        for (unsigned l = 0; l < TAGGER_LABELS; l++) {
            most = allowed(mask, l) && x->scores[i][l] > most ? x->scores[i][l] : most;
        }
        x->log_sum += (double)most;
        for (unsigned to = 0; to < TAGGER_LABELS; to++) {
            x->here[i][to] = allowed(mask, to) ? expf(x->scores[i][to] - most) : 0;
            float sum = i == 0 && tagger_follows(TAGGER_OUTSIDE, to)
                            ? expf(w->transitions[TAGGER_LABELS][to])
                            : 0;
            for (unsigned from = 0; from < TAGGER_LABELS && i > 0; from++) {
                sum += x->alpha[i - 1][from] * odds[from][to];
            }
            x->alpha[i][to] = sum * x->here[i][to];
        }
        normalise(x->alpha[i], &x->log_sum);
    }
}

static void backward(const struct weights *w, uint32_t n, odds_table odds, struct lattice *x)
{
    double unused = 0, end = 1e-30;
    for (unsigned l = 0; l < TAGGER_LABELS; l++) {
        x->beta[n - 1][l] =
            tagger_follows(l, TAGGER_OUTSIDE) ? expf(w->transitions[TAGGER_LABELS + 1][l]) : 0;
        end += (double)x->alpha[n - 1][l] * (double)x->beta[n - 1][l];
    }
    x->log_sum += log(end);
    for (uint32_t i = n - 1; i-- > 0;) {
        for (unsigned from = 0; from < TAGGER_LABELS; from++) {
            float sum = 0;
            for (unsigned to = 0; to < TAGGER_LABELS; to++) {
                sum += odds[from][to] * x->here[i + 1][to] * x->beta[i + 1][to];
            }
            x->beta[i][from] = sum;
        }
        normalise(x->beta[i], &unused);
    }
}

static void add_edges(uint32_t i, odds_table odds, struct lattice *x)
{
    float pair[TAGGER_LABELS][TAGGER_LABELS], all = 1e-30F;
    for (unsigned from = 0; from < TAGGER_LABELS; from++) {
        for (unsigned to = 0; to < TAGGER_LABELS; to++) {
            pair[from][to] =
                x->alpha[i - 1][from] * odds[from][to] * x->here[i][to] * x->beta[i][to];
            all += pair[from][to];
        }
    }
    for (unsigned from = 0; from < TAGGER_LABELS; from++) {
        for (unsigned to = 0; to < TAGGER_LABELS; to++) {
            x->edge[from][to] += pair[from][to] / all;
        }
    }
}

/* Marginals over the paths that the masks allow; `masked` false: over all paths. */
static void marginals(const struct corpus *c, const struct weights *w, const struct stretch *s,
                      bool masked, odds_table odds, struct lattice *x)
{
    double unused = 0;
    memset(x->edge, 0, sizeof x->edge);
    x->log_sum = 0;
    forward(c, w, s, masked, odds, x);
    backward(w, s->length, odds, x);
    for (uint32_t i = 0; i < s->length; i++) {
        for (unsigned l = 0; l < TAGGER_LABELS; l++) {
            x->node[i][l] = x->alpha[i][l] * x->beta[i][l];
        }
        normalise(x->node[i], &unused);
        if (i > 0) {
            add_edges(i, odds, x);
        }
    }
}

static void step(float *w, float *g2, float gradient)
{
    *g2 += gradient * gradient;
    *w += LEARNING_RATE * gradient / sqrtf(*g2 + 1e-4F);
}

static void update_rows(const struct corpus *c, struct weights *w, const struct stretch *s,
                        const struct lattice *right, const struct lattice *all)
{
    for (uint32_t i = 0; i < s->length; i++) {
        const struct corpus_token *t = &c->tokens[s->first + i];
        float g[TAGGER_ROW], most = 0;
        for (int l = 0; l < TAGGER_ROW; l++) {
            g[l] = s->weight * (right->node[i][l] - all->node[i][l]);
            most = fabsf(g[l]) > most ? fabsf(g[l]) : most;
        }
        if (most < NEGLIGIBLE) {
            continue;
        }
        for (uint32_t k = 0; k < t->count; k++) {
            uint32_t f = c->features[t->first + k];
            float keep = 1 - DECAY / (float)(c->counts[f] + 1);
            for (int l = 0; l < TAGGER_ROW; l++) {
                float g2 = w->g2[f][l] + g[l] * g[l];
                float next = w->w[f][l] * keep + LEARNING_RATE * g[l] / sqrtf(g2 + 1e-4F);
                w->g2[f][l] = g2;
                w->w[f][l] = next > WEIGHT_MOST    ? WEIGHT_MOST
                             : next < -WEIGHT_MOST ? -WEIGHT_MOST
                                                   : next;
            }
        }
    }
}

static void update_transitions(struct weights *w, const struct stretch *s,
                               const struct lattice *right, const struct lattice *all)
{
    for (unsigned a = 0; a < TAGGER_LABELS; a++) {
        for (unsigned b = 0; b < TAGGER_LABELS; b++) {
            float g = right->edge[a][b] - all->edge[a][b];
            if (tagger_follows(a, b) && fabsf(g) > NEGLIGIBLE) {
                step(&w->transitions[a][b], &w->transitions_g2[a][b], s->weight * g);
            }
        }
        float g = right->node[0][a] - all->node[0][a];
        step(&w->transitions[TAGGER_LABELS][a], &w->transitions_g2[TAGGER_LABELS][a],
             s->weight * g);
        g = right->node[s->length - 1][a] - all->node[s->length - 1][a];
        step(&w->transitions[TAGGER_LABELS + 1][a], &w->transitions_g2[TAGGER_LABELS + 1][a],
             s->weight * g);
    }
}

static void shuffle(uint32_t *order, uint32_t count, uint64_t *seed)
{
    for (uint32_t i = count; i > 1; i--) {
        *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
        uint32_t j = (uint32_t)((*seed >> 33) % i), keep = order[i - 1];
        order[i - 1] = order[j];
        order[j] = keep;
    }
}

/* The mean over the later epochs wavers less than the last one. */
static void average(const struct corpus *c, struct weights *w, int epoch, int epochs)
{
    int from = epochs / 2;
    for (uint32_t f = 0; f < c->feature_count && epoch >= from; f++) {
        for (int l = 0; l < TAGGER_ROW; l++) {
            w->sum[f][l] += w->w[f][l];
            if (epoch + 1 == epochs) {
                w->w[f][l] = w->sum[f][l] / (float)(epochs - from);
            }
        }
    }
}

static void train(const struct corpus *c, struct weights *w, int epochs)
{
    static struct lattice right, all;
    static float odds[TAGGER_LABELS][TAGGER_LABELS];
    uint32_t *order = malloc(c->stretch_count * sizeof *order);
    uint64_t seed = 42;
    for (uint32_t i = 0; i < c->stretch_count; i++) {
        order[i] = i;
    }
    for (int epoch = 0; epoch < epochs; epoch++) {
        double loss = 0;
        shuffle(order, c->stretch_count, &seed);
        for (uint32_t n = 0; n < c->stretch_count; n++) {
            const struct stretch *s = &c->stretches[order[n]];
            if (n % 64 == 0) {
                for (unsigned a = 0; a < TAGGER_LABELS; a++) {
                    for (unsigned b = 0; b < TAGGER_LABELS; b++) {
                        odds[a][b] = tagger_follows(a, b) ? expf(w->transitions[a][b]) : 0;
                    }
                }
            }
            score(c, w, s, &all);
            memcpy(right.scores, all.scores, s->length * sizeof right.scores[0]);
            marginals(c, w, s, false, (const float(*)[TAGGER_LABELS])odds, &all);
            marginals(c, w, s, true, (const float(*)[TAGGER_LABELS])odds, &right);
            loss += all.log_sum - right.log_sum;
            update_rows(c, w, s, &right, &all);
            update_transitions(w, s, &right, &all);
        }
        average(c, w, epoch, epochs);
        fprintf(stderr, "epoch %d: loss %.4f a stretch\n", epoch + 1, loss / c->stretch_count);
    }
    free(order);
}

/* ---- writing */

struct kept {
    float most;
    uint32_t feature;
};

static int by_size(const void *a, const void *b)
{
    const struct kept *x = a, *y = b;
    if (x->most < y->most || x->most > y->most) {
        return x->most < y->most ? 1 : -1;
    }
    return (x->feature > y->feature) - (x->feature < y->feature);
}

static struct kept *choose(const struct corpus *c, const struct weights *w, uint32_t most,
                           uint32_t *count)
{
    struct kept *all = malloc((c->feature_count + 1) * sizeof *all);
    *count = 0;
    for (uint32_t f = 0; f < c->feature_count; f++) {
        float size = 0;
        for (int l = 0; l < TAGGER_ROW; l++) {
            size = fabsf(w->w[f][l]) > size ? fabsf(w->w[f][l]) : size;
        }
        if (size > WEIGHT_MOST / 127) {
            all[(*count)++] = (struct kept){size * logf(1 + (float)c->counts[f]), f};
        }
    }
    qsort(all, *count, sizeof *all, by_size);
    fprintf(stderr, "%u features, %u worth keeping\n", c->feature_count, *count);
    *count = *count > most ? most : *count;
    return all;
}

static uint32_t aligned(uint32_t n)
{
    return (n + 7) / 8 * 8;
}

static int write_model(const struct corpus *c, const struct weights *w, uint32_t rows_most,
                       const char *lang, const char *path)
{
    uint32_t rows;
    struct kept *kept = choose(c, w, rows_most, &rows);
    struct tagger_header h = {
        .version = TAGGER_VERSION, .labels = TAGGER_LABELS, .scale = WEIGHT_MOST / 127};
    memcpy(h.magic, TAGGER_MAGIC, sizeof TAGGER_MAGIC);
    snprintf(h.lang, sizeof h.lang, "%s", lang);
    h.slots = rows + rows / 4 + 16;
    h.cluster_slots = c->clusters.cluster_slots;
    h.keys_at = aligned(sizeof h);
    h.rows_at = aligned(h.keys_at + h.slots * 4);
    h.cluster_keys_at = aligned(h.rows_at + h.slots * TAGGER_ROW);
    h.clusters_at = aligned(h.cluster_keys_at + h.cluster_slots * 4);
    h.transitions_at = aligned(h.clusters_at + h.cluster_slots * 6);
    h.size = aligned(h.transitions_at + (TAGGER_LABELS + 2) * TAGGER_LABELS * 4);
    char *out = calloc(1, h.size);
    uint32_t *keys = (uint32_t *)(void *)(out + h.keys_at);
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t f = kept[i].feature, at = tagger_slot(keys, h.slots, c->keys[f]);
        keys[at] = c->keys[f];
        for (int l = 0; l < TAGGER_ROW; l++) {
            out[h.rows_at + at * TAGGER_ROW + (uint32_t)l] = (char)lrintf(w->w[f][l] / h.scale);
        }
    }
    memcpy(out + h.cluster_keys_at, c->clusters.cluster_keys, h.cluster_slots * 4);
    memcpy(out + h.clusters_at, c->clusters.clusters, h.cluster_slots * 6);
    memcpy(out + h.transitions_at, w->transitions, sizeof w->transitions);
    memcpy(out, &h, sizeof h);
    h.checksum = tagger_checksum(slice_of(out, h.size));
    memcpy(out, &h, sizeof h);
    FILE *f = fopen(path, "wb");
    bool good = f && fwrite(out, 1, h.size, f) == h.size;
    good = f && fclose(f) == 0 && good;
    fprintf(stderr, "%s: %u rows, %u bytes\n", path, rows, h.size);
    free(kept);
    free(out);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "usage: names_train LANG CORPUS CLUSTERS OUT [epochs [rows_kept]]\n");
        return 2;
    }
    struct corpus c = {0};
    if (!names_corpus_read(&c, argv[1], argv[2], argv[3])) {
        return 1;
    }
    struct weights *w = calloc(1, sizeof *w);
    w->w = calloc(c.feature_count + 1, sizeof *w->w);
    w->g2 = calloc(c.feature_count + 1, sizeof *w->g2);
    w->sum = calloc(c.feature_count + 1, sizeof *w->sum);
    train(&c, w, argc > 5 ? atoi(argv[5]) : 8);
    int status = write_model(&c, w, argc > 6 ? (uint32_t)atoi(argv[6]) : 200000, argv[1], argv[4]);
    free(w->w);
    free(w->g2);
    free(w->sum);
    free(w);
    names_corpus_free(&c);
    return status;
}
