/* "zelensky volo", "jean martin" for Jean-Claude Martin: names that have all the words, however they stand. The longest
 * word finds them, the others are asked of each. The last word may be unfinished. */
#include "store/suggest_parts.h"
#include "text/fold.h"

enum {
    CANDIDATES_MOST = 64,
    WORDS_MOST = 8,
    ALIASES_MOST = 20, /* of an entity, that are asked */
};

struct words {
    struct slice items[WORDS_MOST];
    size_t count;
};

/* As typed, or without elided words when that is shorter. */
static struct words words_of(const struct suggesting *s)
{
    struct words words = {.count = 0};
    struct slice rest = slice_present(s->keys[1]) ? s->keys[1] : s->keys[0];
    while (slice_present(rest) && words.count < WORDS_MOST) {
        struct slice word = slice_cut(&rest, ' ');
        if (word.len > 0) {
            words.items[words.count++] = word;
        }
    }
    return words;
}

/* A word that was typed to its end must be one. */
static bool has_word(struct slice key, struct slice word, bool whole)
{
    struct slice rest = key;
    for (size_t at; (at = suggest_at_word(rest, word)) != SIZE_MAX;) {
        size_t end = at + word.len;
        if (!whole || end == rest.len || rest.ptr[end] == ' ') {
            return true;
        }
        rest = slice_of(rest.ptr + end, rest.len - end);
    }
    return false;
}

static bool has_words(const struct words *words, struct slice key)
{
    for (size_t i = 0; i < words->count; i++) {
        if (!has_word(key, words->items[i], i + 1 < words->count)) {
            return false;
        }
    }
    return true;
}

static size_t longest_of(const struct words *words)
{
    size_t longest = 0;
    for (size_t i = 1; i < words->count; i++) {
        longest = words->items[i].len > words->items[longest].len ? i : longest;
    }
    return longest;
}

void suggest_scattered(struct suggesting *s)
{
    struct words words = words_of(s);
    size_t before = s->list.count;
    if (words.count < 2) {
        return;
    }
    suggest_find_entities(s, words.items[longest_of(&words)], CANDIDATES_MOST);
    for (size_t i = before; i < s->list.count; i++) {
        s->list.items[i].scattered = true;
    }
}

/* The name when it has them all, else the most frequent alias that has; what is matched is the word that found it. */
bool suggest_scattered_match(struct suggesting *s, struct found *found)
{
    struct words words = words_of(s);
    struct db *db = s->reader->db;
    struct slice text = SLICE_NONE;
    if (has_words(&words, fold_key(s->arena, found->row.name))) {
        return suggest_locate(s->arena, found->row.name, found->key, &found->row);
    }
    sqlite3_stmt *q = db_use(db, "SELECT text, key FROM entity_aliases WHERE entity = ?1"
                                 " AND instr(' ' || key, ' ' || ?2) > 0"
                                 " ORDER BY mentions DESC, text LIMIT ?3");
    db_bind_int(q, 1, found->entity);
    db_bind_text(q, 2, found->key);
    db_bind_int(q, 3, ALIASES_MOST);
    while (!slice_present(text) && db_step(db, q)) {
        text = has_words(&words, db_text(q, 1)) ? db_text_copy(db, q, 0, s->arena) : SLICE_NONE;
    }
    db_done(q);
    return slice_present(text) && suggest_locate(s->arena, text, found->key, &found->row);
}
