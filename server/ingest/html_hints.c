#include "ingest/html_hints.h"

#include <ctype.h>
#include <pthread.h>

#include "text/pack.h"

#define PIECES_MOST     1024
#define NAME_MOST_BYTES 1024 /* of a class attribute: the rest is noise of a generator */

struct piece_of_name {
    struct slice text;
    bool bounded;
    uint16_t hints;
};

static struct {
    struct piece_of_name items[PIECES_MOST];
    uint16_t next[PIECES_MOST]; /* chains by first letter, from 1; 0: the end */
    uint16_t first[256];
    uint16_t count;
} pieces;

static const struct {
    const char *name;
    unsigned hint;
} names[] = {{"content", HINT_CONTENT},   {"negative", HINT_NEGATIVE},
             {"unlikely", HINT_UNLIKELY}, {"maybe", HINT_MAYBE},
             {"drop", HINT_DROP},         {"share", HINT_SHARE},
             {"byline", HINT_BYLINE},     {"standfirst", HINT_STANDFIRST},
             {"date", HINT_DATE},         {"caption", HINT_CAPTION}};

static unsigned parse_hints(struct slice words)
{
    unsigned hints = 0;
    while (slice_present(words)) {
        struct slice word = slice_cut(&words, ' ');
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            hints |= slice_is(word, names[i].name) ? names[i].hint : 0;
        }
    }
    return hints;
}

static void add_piece(struct slice key, struct slice line)
{
    if (pieces.count + 1 >= PIECES_MOST || key.len == 0) {
        return;
    }
    uint16_t index = ++pieces.count;
    uint8_t letter = (uint8_t)key.ptr[0];
    pieces.items[index] = (struct piece_of_name){key, slice_is(pack_column(line, 0), "word"),
                                                 (uint16_t)parse_hints(pack_column(line, 1))};
    pieces.next[index] = pieces.first[letter];
    pieces.first[letter] = index;
}

static void compile(void)
{
    for (size_t p = 0; p < pack_count(); p++) {
        struct pack_table table = pack_table(pack_at(p), "html_classes");
        for (size_t i = 0; i < pack_size(&table); i++) {
            struct slice key, value;
            pack_entry(&table, i, &key, &value);
            while (slice_present(value)) { /* a key may stand on several lines */
                add_piece(key, slice_cut(&value, '\n'));
            }
        }
    }
}

/* Between two bytes of a name: where a word ends and the next begins, camelCase included. */
static bool is_edge(struct slice name, size_t at)
{
    if (at == 0 || at >= name.len) {
        return true;
    }
    unsigned char before = (unsigned char)name.ptr[at - 1], after = (unsigned char)name.ptr[at];
    return !isalnum(before) || !isalnum(after) || (islower(before) && isupper(after));
}

unsigned html_hints_of(struct slice name)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char lower[NAME_MOST_BYTES];
    unsigned hints = 0;
    pthread_once(&once, compile);
    name.len = name.len > sizeof lower ? sizeof lower : name.len;
    for (size_t i = 0; i < name.len; i++) {
        lower[i] = (char)tolower((unsigned char)name.ptr[i]);
    }
    for (size_t at = 0; at < name.len; at++) {
        for (uint16_t i = pieces.first[(uint8_t)lower[at]]; i != 0; i = pieces.next[i]) {
            const struct piece_of_name *piece = &pieces.items[i];
            if (slice_starts(slice_of(lower + at, name.len - at), piece->text) &&
                (!piece->bounded || (is_edge(name, at) && is_edge(name, at + piece->text.len)))) {
                hints |= piece->hints;
            }
        }
    }
    return hints;
}

unsigned html_hints_look(struct html_hints *hints, struct slice name)
{
    if (name.len == 0) {
        return 0;
    }
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < name.len && i < 256; i++) {
        hash = (hash ^ (uint8_t)name.ptr[i]) * 16777619u;
    }
    size_t slot = hash % HTML_HINTS_CACHE;
    if (!slice_equal(hints->seen[slot].name, name)) {
        hints->seen[slot].name = name;
        hints->seen[slot].hints = html_hints_of(name);
    }
    return hints->seen[slot].hints;
}
