/* The table `langid` of a pack has three kinds of keys:
 *   word      a function word of the language; 100, or less for a word that its neighbours have too
 *   ~abc      a trigram of its words (`_`: a word's edge), with its weight: -100 × log10 of its frequency
 *   ~floor    the weight of a trigram that is not listed
 *   ~typical  the mean weight per trigram of a usual text
 * A text fits a language by the share of its words that are frequent ones and by how usual its trigrams are. Either
 * alone misleads: Spanish shares la, de, que with French; a French paragraph of names has odd trigrams.
 */
#include "text/langid.h"

#include <math.h>

#include "text/fold.h"
#include "text/pack.h"
#include "text/utf8.h"

enum {
    HEAD_BYTES = 2048,
    MIDDLE_BYTES = 1024,
    LEAST_LETTERS = 40,
    MOST_LANGS = 32,
    MOST_WORD_BYTES = 64
};

struct tally {
    struct pack_table table;
    double floor, typical;
    double weight;   /* sum over trigrams */
    double function; /* sum over function words, each at most 1 */
};

struct census {
    struct arena *arena;
    struct tally *tallies;
    size_t count;
    uint32_t letters, words, trigrams;
};

static double number(struct slice text)
{
    double value = 0;
    for (size_t i = 0; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++) {
        value = value * 10 + (text.ptr[i] - '0');
    }
    return value;
}

static double setting(const struct pack_table *table, const char *key, double otherwise)
{
    struct slice value;
    return pack_find(table, slice_cstr(key), &value) ? number(value) : otherwise;
}

static void count_trigram(struct census *c, struct slice trigram)
{
    for (size_t i = 0; i < c->count; i++) {
        struct slice value;
        bool known = pack_find(&c->tallies[i].table, trigram, &value);
        c->tallies[i].weight += known ? number(value) : c->tallies[i].floor;
    }
    c->trigrams++;
}

/* `word` is in lower case, in a buffer with an edge mark on either side. */
static void count_word(struct census *c, struct slice edged)
{
    struct slice word = slice_of(edged.ptr + 1, edged.len - 2);
    for (size_t i = 0; i < c->count; i++) {
        struct slice value;
        bool known = pack_find(&c->tallies[i].table, word, &value);
        c->tallies[i].function += known ? number(value) / 100 : 0;
    }
    c->words++;
    char key[1 + 3 * 4] = {'~'};
    size_t from = 0, second = 1;
    while (second < edged.len) {
        size_t third, end;
        (void)utf8_decode(edged, second, &third);
        if (third >= edged.len) {
            break;
        }
        (void)utf8_decode(edged, third, &end);
        memcpy(key + 1, edged.ptr + from, end - from);
        count_trigram(c, slice_of(key, 1 + end - from));
        from = second;
        second = third;
    }
}

static void count_sample(struct census *c, struct slice sample)
{
    struct slice lower = fold_lower(c->arena, sample);
    char word[MOST_WORD_BYTES + 2] = {'_'};
    size_t len = 0;
    for (size_t at = 0; at <= lower.len;) {
        size_t next = at + 1;
        uint32_t cp = at < lower.len ? utf8_decode(lower, at, &next) : ' ';
        bool letter = utf8_is_letter(cp);
        if (letter && len + (next - at) <= MOST_WORD_BYTES) {
            memcpy(word + 1 + len, lower.ptr + at, next - at);
            len += next - at;
        } else if (!letter && len) {
            word[1 + len] = '_';
            count_word(c, slice_of(word, len + 2));
            len = 0;
        }
        c->letters += letter;
        at = next;
    }
}

/* Code point borders: a sample never begins or ends inside a character. */
static struct slice sample_of(struct slice text, size_t start, size_t len)
{
    size_t end = len < text.len - start ? start + len : text.len;
    while (start < end && ((unsigned char)text.ptr[start] & 0xC0) == 0x80) {
        start++;
    }
    while (end < text.len && end > start && ((unsigned char)text.ptr[end] & 0xC0) == 0x80) {
        end--;
    }
    return slice_of(text.ptr + start, end - start);
}

static void begin(struct census *c)
{
    for (size_t i = 0; i < pack_count() && c->count < MOST_LANGS; i++) {
        struct tally *t = &c->tallies[c->count++];
        t->table = pack_table(pack_at(i), "langid");
        t->floor = setting(&t->table, "~floor", 500);
        /* Without trigrams of its own a language is told by its function words alone. */
        t->typical = setting(&t->table, "~typical", t->floor);
    }
}

/* Measured on paragraphs of 100 and more characters: French and English ones have 30 to 50 points in their own
 * language (1 % below LEAST_FITNESS), those of five neighbouring languages hardly ever reach it. */
static const double TRIGRAM_WEIGHT = 0.8, LEAST_FITNESS = 1, DOUBT = 12;
/* A guess: one sentence in a language without a pack has -17 (Spanish) or less, a short one of ours -7 or more. */
static const double LEAST_GUESS = -18, GUESS_LEAD = 10;
/* The same, of words without a capital, of which there must be two. Pieces of 40 characters out of articles: French read
 * as French 96.1 → 97.0 %, English as English 92.3 → 93.2; of ten other languages' 10.7 → 11.3 % taken for one of ours. */
static const double LEAST_PLAIN_GUESS = -10, PLAIN_LEAD = 20;
enum { LEAST_PLAIN_WORDS = 2 };

static double fitness(const struct census *c, size_t i)
{
    const struct tally *t = &c->tallies[i];
    double share = 100 * t->function / c->words;
    return share - TRIGRAM_WEIGHT * (t->weight / c->trigrams - t->typical);
}

/* How well the packs fit, best first; `second` never counts for less than `least`. */
struct ranking {
    size_t best;
    double top, second;
};

static struct ranking rank(const struct census *c, double least)
{
    struct ranking r = {.best = 0, .top = fitness(c, 0), .second = least};
    for (size_t i = 1; i < c->count; i++) {
        double here = fitness(c, i);
        r.second = fmax(r.second, fmin(here, r.top));
        r.best = here > r.top ? i : r.best;
        r.top = fmax(here, r.top);
    }
    return r;
}

/* The words without a capital, one behind the other: names say little of the language around them. */
static struct slice plain_words(struct arena *arena, struct slice text, uint32_t *count)
{
    struct slice head = sample_of(text, 0, HEAD_BYTES);
    char *out = ARENA_ARRAY(arena, char, head.len + 1);
    size_t len = 0, word = 0;
    bool capital = false;
    *count = 0;
    for (size_t at = 0; out && at <= head.len;) {
        size_t next = at + 1;
        uint32_t cp = at < head.len ? utf8_decode(head, at, &next) : ' ';
        if (utf8_is_letter(cp)) {
            memcpy(out + len, head.ptr + at, next - at);
            len += next - at;
            capital = capital || utf8_is_upper(cp);
        } else if (len > word) {
            len = capital ? word : len;
            *count += !capital;
            capital = false;
            out[len] = ' ';
            word = len += len > word; /* a word that was dropped leaves no blank */
        }
        at = next;
    }
    return slice_of(out, len);
}

/* False when there is nothing to count. */
static bool take_census(struct census *c, struct arena *arena, struct slice text)
{
    *c = (struct census){.arena = arena, .tallies = ARENA_ARRAY(arena, struct tally, MOST_LANGS)};
    if (!c->tallies || !slice_present(text)) {
        return false;
    }
    begin(c);
    count_sample(c, sample_of(text, 0, HEAD_BYTES));
    if (text.len > 2 * HEAD_BYTES + MIDDLE_BYTES) {
        count_sample(c, sample_of(text, text.len / 2, MIDDLE_BYTES));
    }
    return c->count > 0 && c->trigrams > 0;
}

struct slice langid_detect(struct arena *arena, struct slice text, float *confidence)
{
    struct census c;
    *confidence = 0;
    if (!take_census(&c, arena, text) || c.letters < LEAST_LETTERS) {
        return SLICE_NONE;
    }
    struct ranking r = rank(&c, LEAST_FITNESS);
    if (r.top < LEAST_FITNESS) {
        return SLICE_NONE;
    }
    *confidence = (float)(1 - 0.5 * exp((r.second - r.top) / DOUBT));
    return pack_lang(pack_at(r.best));
}

static struct slice guess(struct arena *arena, struct slice text, double least, double lead)
{
    struct census c;
    if (!take_census(&c, arena, text)) {
        return SLICE_NONE;
    }
    struct ranking r = rank(&c, least);
    return r.top - r.second > lead ? pack_lang(pack_at(r.best)) : SLICE_NONE;
}

struct slice langid_guess(struct arena *arena, struct slice text)
{
    struct slice found = guess(arena, text, LEAST_GUESS, GUESS_LEAD);
    if (!slice_present(found)) {
        uint32_t words;
        struct slice plain = plain_words(arena, text, &words);
        found = words >= LEAST_PLAIN_WORDS ? guess(arena, plain, LEAST_PLAIN_GUESS, PLAIN_LEAD)
                                           : SLICE_NONE;
    }
    return found;
}
