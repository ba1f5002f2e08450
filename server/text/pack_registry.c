/* Which packs answer: those compiled in, and those that were registered in front of them. Apart from
 * pack.c so that the pack compiler, which runs before any blob exists, links without them. */
#include <pthread.h>

#include "lang/packs.h"
#include "text/pack_format.h"
#include "text/utf8.h"

enum { MOST_PACKS = 64 };

static struct pack compiled_in[MOST_PACKS];
static const struct pack *packs[MOST_PACKS];
static size_t count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void open_compiled_in(void)
{
    for (size_t i = 0; i < pack_blob_count && count < MOST_PACKS; i++) {
        const struct pack_blob *blob = &pack_blobs[i];
        struct slice bytes = slice_of((const char *)blob->start, (size_t)(blob->end - blob->start));
        if (pack_open_trusted(bytes, &compiled_in[count], NULL) == RC_OK) {
            packs[count] = &compiled_in[count];
            count++;
        }
    }
}

/* "FR" answers to "fr". */
static bool same_lang(struct slice a, struct slice b)
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (utf8_to_lower((unsigned char)a.ptr[i]) != utf8_to_lower((unsigned char)b.ptr[i])) {
            return false;
        }
    }
    return true;
}

static size_t index_of(struct slice lang)
{
    for (size_t i = 0; i < count; i++) {
        if (same_lang(packs[i]->lang, lang)) {
            return i;
        }
    }
    return count;
}

const struct pack *pack_for(struct slice lang)
{
    pthread_once(&once, open_compiled_in);
    for (size_t len = lang.len; len > 0;) {
        size_t i = index_of(slice_of(lang.ptr, len));
        if (i < count) {
            return packs[i];
        }
        do { /* fr-CA, fr_CA → fr */
            len--;
        } while (len > 0 && lang.ptr[len] != '-' && lang.ptr[len] != '_');
    }
    return NULL;
}

size_t pack_count(void)
{
    pthread_once(&once, open_compiled_in);
    return count;
}

const struct pack *pack_at(size_t index)
{
    return index < pack_count() ? packs[index] : NULL;
}

enum rc pack_register(const struct pack *pack, struct err *e)
{
    pthread_once(&once, open_compiled_in);
    size_t i = index_of(pack->lang);
    if (i == MOST_PACKS) {
        return err_set(e, RC_TOO_LARGE, "at most %d language packs can be loaded", (int)MOST_PACKS);
    }
    packs[i] = pack;
    count += i == count;
    return RC_OK;
}
