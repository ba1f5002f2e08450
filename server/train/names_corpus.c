#include "train/names_corpus.h"

#include <stdio.h>
#include <stdlib.h>

#define DOCUMENT_BYTES_MOST (1u << 20)
#define NAMES_MOST          20000
#define SMALL_CORPUS        400000 /* tokens; above it what was seen once only is noise */

struct gold {
    uint32_t start, end;
    int type; /* -1: open */
};

/* A document while its lines come in. */
struct draft {
    char *text;
    uint32_t length;
    struct block *blocks;
    struct gold *names;
    uint32_t block_count, name_count;
    float weight;
};

struct reader {
    struct corpus *c;
    const struct pack *pack;
    struct arena *arena;
    struct draft draft;
};

static void *grown(void *items, uint64_t count, uint64_t *capacity, size_t size)
{
    if (count < *capacity) {
        return items;
    }
    *capacity = *capacity ? *capacity * 2 : 1024;
    void *more = realloc(items, *capacity * size);
    if (!more) {
        fputs("names_train: out of memory\n", stderr);
        exit(1);
    }
    return more;
}

/* ---- clusters: word, fine, middle, coarse */

static bool read_clusters(struct tagger_model *model, const char *path)
{
    FILE *f = fopen(path, "r");
    char line[512], word[256];
    unsigned fine, middle, coarse, count = 0;
    if (!f) {
        perror(path);
        return false;
    }
    while (fgets(line, sizeof line, f)) {
        count++;
    }
    uint32_t slots = count + count / 4 + 16;
    uint32_t *keys = calloc(slots, sizeof *keys);
    uint16_t *values = calloc(slots, 3 * sizeof *values);
    rewind(f);
    while (fgets(line, sizeof line, f)) {
        if (sscanf(line, "%255[^\t]\t%u\t%u\t%u", word, &fine, &middle, &coarse) == 4) {
            uint32_t key = tagger_hash(slice_cstr(word)), at = tagger_slot(keys, slots, key);
            keys[at] = key;
            values[at * 3] = (uint16_t)(fine + 1);
            values[at * 3 + 1] = (uint16_t)(middle + 1);
            values[at * 3 + 2] = (uint16_t)(coarse + 1);
        }
    }
    fclose(f);
    model->cluster_keys = keys;
    model->clusters = values;
    model->cluster_slots = slots;
    return true;
}

/* ---- documents */

static uint32_t *labels_of(struct reader *in, const struct reading *r)
{
    size_t count = r->tokens.count;
    uint32_t *masks = ARENA_ARRAY(in->arena, uint32_t, count);
    for (size_t i = 0; i < count; i++) {
        masks[i] = 1u << TAGGER_OUTSIDE;
    }
    uint32_t t = 0;
    for (uint32_t g = 0; g < in->draft.name_count; g++) {
        struct gold gold = in->draft.names[g];
        while (t < count && r->tokens.items[t].end_byte <= gold.start) {
            t++;
        }
        uint32_t first = t, end = t;
        while (end < count && r->tokens.items[end].start_byte < gold.end) {
            end++;
        }
        for (uint32_t i = first; i < end; i++) {
            enum tagger_place place = end == first + 1 ? TAGGER_UNIT
                                      : i == first     ? TAGGER_BEGIN
                                      : i + 1 == end   ? TAGGER_LAST
                                                       : TAGGER_INSIDE;
            masks[i] = gold.type < 0 ? (1u << TAGGER_LABELS) - 1
                                     : 1u << tagger_label((enum entity_type)gold.type, place);
        }
        t = end;
    }
    return masks;
}

/* A name that sticks out of its stretch would leave no allowed path. */
static bool is_sound(const uint32_t *masks, uint32_t first, uint32_t end)
{
    uint32_t reach = 1u << TAGGER_OUTSIDE;
    for (uint32_t i = first; i < end; i++) {
        uint32_t next = 0;
        for (unsigned to = 0; to < TAGGER_LABELS; to++) {
            for (unsigned from = 0; from < TAGGER_LABELS; from++) {
                if ((reach >> from & 1) && (masks[i] >> to & 1) && tagger_follows(from, to)) {
                    next |= 1u << to;
                }
            }
        }
        reach = next;
    }
    for (unsigned l = 0; l < TAGGER_LABELS; l++) {
        if ((reach >> l & 1) && tagger_follows(l, TAGGER_OUTSIDE)) {
            return true;
        }
    }
    return false;
}

static void add_stretch(struct reader *in, const struct tagger_view *v, const uint32_t *masks,
                        uint32_t first, uint32_t end)
{
    struct corpus *c = in->c;
    uint32_t keys[TAGGER_FEATURES_MOST];
    uint64_t capacity = c->stretch_capacity;
    c->stretches = grown(c->stretches, c->stretch_count, &capacity, sizeof *c->stretches);
    c->stretch_capacity = (uint32_t)capacity;
    c->stretches[c->stretch_count++] =
        (struct stretch){c->token_count, end - first, in->draft.weight};
    for (uint32_t i = first; i < end; i++) {
        size_t count = tagger_features(v, i, keys);
        c->tokens = grown(c->tokens, c->token_count, &c->token_capacity, sizeof *c->tokens);
        c->tokens[c->token_count++] =
            (struct corpus_token){c->feature_total, (uint32_t)count, masks[i]};
        for (size_t k = 0; k < count; k++) {
            c->features =
                grown(c->features, c->feature_total, &c->feature_capacity, sizeof *c->features);
            c->features[c->feature_total++] = keys[k];
        }
    }
}

static void finish_document(struct reader *in)
{
    struct draft *d = &in->draft;
    if (d->block_count == 0) {
        return;
    }
    struct document document = {
        .text = slice_of(d->text, d->length), .blocks = d->blocks, .block_count = d->block_count};
    struct reading r = {.arena = in->arena, .document = &document, .pack = in->pack};
    for (uint32_t b = 0; b < d->block_count; b++) {
        size_t first = r.tokens.count;
        tokens_scan(r.arena, r.pack, document.text, d->blocks[b].span.start_byte,
                    d->blocks[b].span.end_byte, b, &r.tokens);
        sentences_split(r.arena, document.text, &r.tokens, first, &r.sentences);
    }
    struct lexicon lexicon;
    tagger_lexicon_read(&r, &lexicon);
    struct tagger_view *v = tagger_view_new(&r, &lexicon, &in->c->clusters);
    uint32_t *masks = labels_of(in, &r);
    uint32_t at = 0, first, end;
    while (tagger_next_stretch(v, &at, &first, &end)) {
        if (is_sound(masks, first, end)) {
            add_stretch(in, v, masks, first, end);
        }
    }
    arena_reset(in->arena);
}

static void start_document(struct draft *d, float weight)
{
    d->length = d->block_count = d->name_count = 0;
    d->weight = weight;
}

static void add_block(struct draft *d, const char *text)
{
    uint32_t length = (uint32_t)strlen(text);
    if (d->length + length + 1 > DOCUMENT_BYTES_MOST || d->block_count == NAMES_MOST) {
        return;
    }
    memcpy(d->text + d->length, text, length);
    d->blocks[d->block_count++] = (struct block){BLOCK_PARAGRAPH, {d->length, d->length + length}};
    d->length += length;
    d->text[d->length++] = '\n';
}

static void add_name(struct draft *d, const char *line)
{
    unsigned start, end;
    char type[16];
    enum entity_type parsed;
    if (d->block_count == 0 || d->name_count == NAMES_MOST ||
        sscanf(line, "%u %u %15s", &start, &end, type) != 3) {
        return;
    }
    uint32_t base = d->blocks[d->block_count - 1].span.start_byte;
    bool open = strcmp(type, "?") == 0;
    if (open || entity_type_parse(slice_cstr(type), &parsed)) {
        d->names[d->name_count++] =
            (struct gold){base + start, base + end, open ? -1 : (int)parsed};
    }
}

static bool read_documents(struct reader *in, const char *path)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t capacity = 0;
    if (!f) {
        perror(path);
        return false;
    }
    in->draft.text = malloc(DOCUMENT_BYTES_MOST);
    in->draft.blocks = calloc(NAMES_MOST, sizeof *in->draft.blocks);
    in->draft.names = calloc(NAMES_MOST, sizeof *in->draft.names);
    for (ssize_t n; (n = getline(&line, &capacity, f)) > 1;) {
        line[n - 1] = '\0';
        if (line[0] == 'D') {
            finish_document(in);
            start_document(&in->draft, strtof(line + 1, NULL));
        } else if (line[0] == 'T') {
            add_block(&in->draft, line + 2);
        } else if (line[0] == 'E') {
            add_name(&in->draft, line + 2);
        }
    }
    finish_document(in);
    free(in->draft.text);
    free(in->draft.blocks);
    free(in->draft.names);
    free(line);
    return fclose(f) == 0;
}

/* ---- feature numbers */

struct numbering {
    uint32_t *keys, *counts, *numbers;
    uint32_t slots, used;
};

static uint32_t numbering_slot(struct numbering *n, uint32_t key)
{
    uint32_t at = tagger_slot(n->keys, n->slots, key);
    if (!n->keys[at]) {
        n->keys[at] = key;
        n->used++;
    }
    return at;
}

/* Keys become numbers; features seen fewer than `rare` times vanish. */
static void number_features(struct corpus *c, uint32_t rare)
{
    struct numbering n = {.slots = 1u << 26};
    n.keys = calloc(n.slots, sizeof *n.keys);
    n.counts = calloc(n.slots, sizeof *n.counts);
    n.numbers = calloc(n.slots, sizeof *n.numbers);
    for (uint64_t i = 0; i < c->feature_total && n.used < n.slots / 4 * 3; i++) {
        n.counts[numbering_slot(&n, c->features[i])]++;
    }
    c->keys = malloc((n.used + 1) * sizeof *c->keys);
    c->counts = malloc((n.used + 1) * sizeof *c->counts);
    for (uint32_t at = 0; at < n.slots; at++) {
        if (n.counts[at] >= rare) {
            c->keys[c->feature_count] = n.keys[at];
            c->counts[c->feature_count] = n.counts[at];
            n.numbers[at] = ++c->feature_count;
        }
    }
    for (uint64_t t = 0; t < c->token_count; t++) {
        struct corpus_token *token = &c->tokens[t];
        uint32_t kept = 0;
        for (uint32_t k = 0; k < token->count; k++) {
            uint32_t number =
                n.numbers[tagger_slot(n.keys, n.slots, c->features[token->first + k])];
            if (number) {
                c->features[token->first + kept++] = number - 1;
            }
        }
        token->count = kept;
    }
    free(n.keys);
    free(n.counts);
    free(n.numbers);
}

bool names_corpus_read(struct corpus *c, const char *lang, const char *corpus, const char *clusters)
{
    struct reader in = {.c = c, .pack = pack_for(slice_cstr(lang)), .arena = arena_new(0)};
    if (!in.pack || !read_clusters(&c->clusters, clusters) || !read_documents(&in, corpus)) {
        fprintf(stderr, "names_train: no pack \"%s\" or an unreadable file\n", lang);
        arena_free(in.arena);
        return false;
    }
    arena_free(in.arena);
    number_features(c, c->token_count < SMALL_CORPUS ? 1 : 2);
    fprintf(stderr, "%llu tokens in %u stretches\n", (unsigned long long)c->token_count,
            c->stretch_count);
    return true;
}

void names_corpus_free(struct corpus *c)
{
    free(c->tokens);
    free(c->stretches);
    free(c->features);
    free(c->keys);
    free(c->counts);
    free((void *)(uintptr_t)c->clusters.cluster_keys);
    free((void *)(uintptr_t)c->clusters.clusters);
}
