/* The tagger's weights: what a model file must be, and which one reads a language. */
#include <math.h>
#include <stdio.h>

#include "analyse/tagger.h"
#include "base/buf.h"

#define MODELS_MOST 16 /* loaded beside those of the packs */

/* ---- one file */

static uint64_t summed(uint64_t h, struct slice bytes)
{
    size_t i = 0;
    for (; i + 8 <= bytes.len; i += 8) {
        uint64_t word;
        memcpy(&word, bytes.ptr + i, sizeof word);
        h = (h ^ word) * 1099511628211ULL;
        h ^= h >> 32;
    }
    for (; i < bytes.len; i++) {
        h = (h ^ (uint8_t)bytes.ptr[i]) * 1099511628211ULL;
    }
    return h;
}

/* Word-wise FNV: catches damage, and sums a megabyte in about a millisecond. */
uint32_t tagger_checksum(struct slice section)
{
    uint64_t h = 14695981039346656037ULL;
    h = summed(h, slice_of(section.ptr, offsetof(struct tagger_header, checksum)));
    h = summed(h, slice_of(section.ptr + sizeof(struct tagger_header),
                           section.len - sizeof(struct tagger_header)));
    return (uint32_t)(h ^ h >> 32);
}

static bool lies_inside(const struct tagger_header *h, uint64_t at, uint64_t size)
{
    return at % 8 == 0 && at >= sizeof *h && at + size <= h->size;
}

static bool is_whole(const struct tagger_header *h)
{
    return lies_inside(h, h->keys_at, (uint64_t)h->slots * 4) &&
           lies_inside(h, h->rows_at, (uint64_t)h->slots * TAGGER_ROW) &&
           lies_inside(h, h->cluster_keys_at, (uint64_t)h->cluster_slots * 4) &&
           lies_inside(h, h->clusters_at, (uint64_t)h->cluster_slots * 6) &&
           lies_inside(h, h->transitions_at, TAGGER_TRANSITIONS * sizeof(float)) && h->slots > 0 &&
           isfinite(h->scale) && h->scale > 0 && memchr(h->lang, '\0', sizeof h->lang);
}

/* An open-addressing table without an empty slot would be searched for ever. */
static bool has_room(const uint32_t *keys, uint32_t slots)
{
    for (uint32_t i = 0; i < slots; i++) {
        if (!keys[i]) {
            return true;
        }
    }
    return slots == 0;
}

static bool are_finite(const float *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(numbers[i])) {
            return false;
        }
    }
    return true;
}

static enum rc check_all(struct slice section, const struct tagger_header *h,
                         const struct tagger_model *model, struct err *e)
{
    if (tagger_checksum(section) != h->checksum) {
        return err_set(e, RC_INVALID, "the name model is damaged: its checksum doesn't fit");
    }
    if (!has_room(model->keys, model->slots) ||
        !has_room(model->cluster_keys, model->cluster_slots) ||
        !are_finite(model->transitions, TAGGER_TRANSITIONS)) {
        return err_set(e, RC_INVALID, "the name model is damaged: its tables can't be used");
    }
    return RC_OK;
}

enum rc tagger_open(struct slice section, bool checked, struct tagger_model *out, struct err *e)
{
    struct tagger_header h;
    if (section.len < sizeof h || memcmp(section.ptr, TAGGER_MAGIC, sizeof TAGGER_MAGIC) != 0) {
        return err_set(e, RC_INVALID, "this is no name model: it doesn't begin with \"%s\"",
                       TAGGER_MAGIC);
    }
    memcpy(&h, section.ptr, sizeof h);
    if (h.version != TAGGER_VERSION || h.labels != TAGGER_LABELS) {
        return err_set(e, RC_INVALID,
                       "the name model has version %u and %u labels, this program reads version %d "
                       "and %d: train it "
                       "anew",
                       (unsigned)h.version, (unsigned)h.labels, TAGGER_VERSION, TAGGER_LABELS);
    }
    if (h.size != section.len) {
        return err_set(e, RC_INVALID, "the name model is damaged: it says %u bytes and has %zu",
                       (unsigned)h.size, section.len);
    }
    if (!is_whole(&h)) {
        return err_set(e, RC_INVALID, "the name model is damaged: its header doesn't fit");
    }
    const char *base = section.ptr;
    struct tagger_model model = {
        .keys = (const uint32_t *)(const void *)(base + h.keys_at),
        .rows = (const int8_t *)(const void *)(base + h.rows_at),
        .slots = h.slots,
        .cluster_keys = (const uint32_t *)(const void *)(base + h.cluster_keys_at),
        .clusters = (const uint16_t *)(const void *)(base + h.clusters_at),
        .cluster_slots = h.cluster_slots,
        .transitions = (const float *)(const void *)(base + h.transitions_at),
        .scale = h.scale,
        .checksum = h.checksum};
    memcpy(model.lang, h.lang, sizeof model.lang);
    enum rc rc = checked ? check_all(section, &h, &model, e) : RC_OK;
    if (rc == RC_OK) {
        *out = model;
    }
    return rc;
}

enum rc tagger_open_for(struct slice section, struct slice lang, struct tagger_model *out,
                        struct err *e)
{
    struct tagger_model model;
    enum rc rc = tagger_open(section, true, &model, e);
    if (rc == RC_OK && !slice_equal(slice_cstr(model.lang), lang)) {
        return err_set(e, RC_INVALID, "the name model is for \"%s\", not for \"%.*s\"", model.lang,
                       SLICE_ARG(lang));
    }
    if (rc == RC_OK) {
        *out = model;
    }
    return rc;
}

/* ---- which one reads a language */

static struct tagger_model loaded[MODELS_MOST];
static size_t loaded_count;
static char version[32 + MODELS_MOST * 32] = ANALYSE_VERSION;

static size_t loaded_for(struct slice lang)
{
    size_t i = 0;
    while (i < loaded_count && !slice_equal(slice_cstr(loaded[i].lang), lang)) {
        i++;
    }
    return i;
}

enum rc tagger_use(const struct tagger_model *model, struct err *e)
{
    struct slice lang = slice_cstr(model->lang);
    const struct pack *pack = pack_for(lang);
    size_t at = loaded_for(lang);
    if (!pack || !slice_equal(pack_lang(pack), lang)) {
        return err_set(e, RC_INVALID, "the name model is for \"%s\", and no language pack is",
                       model->lang);
    }
    if (at < loaded_count) {
        return err_set(e, RC_INVALID, "two name models for \"%s\" were given", model->lang);
    }
    if (at == MODELS_MOST) {
        return err_set(e, RC_TOO_LARGE, "at most %d name models can be loaded", MODELS_MOST);
    }
    loaded[loaded_count++] = *model;
    size_t length = strlen(version);
    snprintf(version + length, sizeof version - length, "%s%s.%08x", at == 0 ? "+" : ".",
             model->lang, (unsigned)model->checksum);
    return RC_OK;
}

bool tagger_model_of(const struct pack *pack, struct tagger_model *out)
{
    size_t at = loaded_for(pack_lang(pack));
    if (at < loaded_count) {
        *out = loaded[at];
        return true;
    }
    struct slice section = pack_section(pack, "entities.model");
    return slice_present(section) && tagger_open(section, false, out, NULL) == RC_OK;
}

const char *analyse_version(void)
{
    return version;
}
