#include "store/search_forms.h"

#include "text/pack.h"

enum { STEM_LEAST = 3, ENDING_MOST = 6 };

struct forms {
    struct arena *arena;
    struct slice word, *out;
    size_t count;
    bool nomem;
};

static void add(struct forms *f, struct slice stem, struct slice ending)
{
    bool none = slice_is(ending, "-");
    struct slice form = arena_printf(f->arena, "%.*s%.*s", SLICE_ARG(stem),
                                     (int)(none ? 0 : ending.len), ending.ptr);
    f->nomem = f->nomem || !slice_present(form);
    for (size_t i = 0; i < f->count && !f->nomem; i++) {
        if (slice_equal(f->out[i], form)) {
            return;
        }
    }
    if (!f->nomem && f->count < SEARCH_FORMS_MOST) {
        f->out[f->count++] = form;
    }
}

/* By the longest ending that the table has and that leaves enough of the word; "~" is for words with none of them. */
static void add_of(struct forms *f, const struct pack *pack)
{
    struct pack_table table = pack_table(pack, "search_forms");
    struct slice value = SLICE_NONE, word = f->word;
    size_t len = word.len < ENDING_MOST ? word.len : ENDING_MOST;
    bool short_stem = false, found = false;
    for (; len > 0 && !found; len -= !found) {
        found = pack_find(&table, slice_of(word.ptr + word.len - len, len), &value);
        short_stem = short_stem || (found && word.len - len < STEM_LEAST);
        found = found && word.len - len >= STEM_LEAST;
    }
    if (!found && (short_stem || !pack_find(&table, SLICE("~"), &value))) {
        return;
    }
    struct slice stem = slice_of(word.ptr, word.len - len), rest = value;
    while (slice_present(rest)) {
        add(f, stem, slice_cut(&rest, '\t'));
    }
}

static bool is_inflected(struct slice word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (word.ptr[i] < 'a' || word.ptr[i] > 'z') {
            return false; /* figures, and scripts whose languages have no table */
        }
    }
    return word.len >= STEM_LEAST;
}

size_t search_forms(struct slice word, const struct store_filter *filter, struct arena *arena,
                    struct slice out[SEARCH_FORMS_MOST])
{
    struct forms f = {arena, word, out, 1, false};
    bool one = false;
    out[0] = word;
    if (!is_inflected(word)) {
        return 1;
    }
    for (size_t i = 0; i < filter->count; i++) {
        const struct store_clause *clause = &filter->items[i];
        bool asked = clause->field == STORE_BY_LANG && !clause->negated;
        for (size_t k = 0; asked && k < clause->count; k++) {
            const struct pack *pack = pack_for(clause->values[k]);
            if (pack != NULL) {
                add_of(&f, pack);
            }
            one = true;
        }
    }
    for (size_t i = 0; !one && i < pack_count(); i++) {
        add_of(&f, pack_at(i));
    }
    return f.nomem ? 0 : f.count;
}
