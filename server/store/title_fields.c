#include "store/title_fields.h"

#include "text/fold.h"
#include "text/pack.h"

static unsigned bit_of(struct slice field)
{
    static const char *const fields[] = {"politics", "justice", "police", "army",     "sport",
                                         "arts",     "science", "health", "business", "religion"};
    for (unsigned i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (slice_is(field, fields[i])) {
            return 1u << i;
        }
    }
    return 0;
}

static unsigned word_fields(struct slice word)
{
    unsigned found = 0;
    for (size_t i = 0; i < pack_count(); i++) {
        struct pack_table callings = pack_table(pack_at(i), "callings");
        struct slice value;
        if (pack_find(&callings, word, &value)) {
            found |= bit_of(pack_column(value, 0));
        }
    }
    return found;
}

unsigned title_fields(struct arena *arena, struct slice title)
{
    unsigned found = 0;
    struct slice rest = fold_lower(arena, title);
    while (slice_present(rest)) {
        struct slice word = slice_cut(&rest, ' ');
        if (slice_ends(word, SLICE(","))) {
            word.len--;
        }
        found |= word.len > 0 ? word_fields(word) : 0;
    }
    return found;
}
