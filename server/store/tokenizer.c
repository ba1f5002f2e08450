#include "store/tokenizer.h"

#include <string.h>

#include "store/search_parts.h"
#include "text/digest.h"
#include "text/fold.h"
#include "text/pack.h"
#include "text/utf8.h"

/* Raise it when the rules below change. */
#define RULES_VERSION "news 2"

/* Longer "words" are data, not language; what they start with is enough to find them. */
#define WORD_MOST 64

struct word {
    char folded[WORD_MOST + 8];
    size_t len;
    int start_byte, end_byte;
};

static bool is_apostrophe(uint32_t cp)
{
    return cp == '\'' || cp == 0x2019 || cp == 0x02BC;
}

static bool in_some_pack(const char *table_name, const char *key, size_t len)
{
    for (size_t i = 0; i < pack_count(); i++) {
        struct pack_table table = pack_table(pack_at(i), table_name);
        struct slice value;
        if (table.base != NULL && pack_find(&table, slice_of(key, len), &value)) {
            return true;
        }
    }
    return false;
}

static bool is_elided(const struct word *word)
{
    char key[WORD_MOST + 16];
    if (word->len > 12) {
        return false;
    }
    memcpy(key, word->folded, word->len);
    key[word->len] = '\'';
    return in_some_pack("elisions", key, word->len + 1);
}

static bool is_clitic(const struct word *word)
{
    char key[WORD_MOST + 16];
    if (word->len > 4) {
        return false;
    }
    key[0] = '\'';
    memcpy(key + 1, word->folded, word->len);
    return in_some_pack("clitics", key, word->len + 1);
}

static bool is_word(uint32_t cp)
{
    return utf8_is_letter(cp) || utf8_is_digit(cp) || utf8_is_mark(cp);
}

/* Reads the word that starts at `at`; returns where it ends. */
static size_t read_word(struct slice text, size_t at, struct word *word)
{
    word->len = 0;
    word->start_byte = (int)at;
    while (at < text.len) {
        unsigned char c = (unsigned char)text.ptr[at];
        size_t next = at + 1;
        if (c < 0x80) {
            bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z';
            if (!lower && !upper && !(c >= '0' && c <= '9')) {
                break;
            }
            if (word->len < WORD_MOST) {
                word->folded[word->len++] = (char)(upper ? c + 32 : c);
            }
        } else {
            uint32_t cp = utf8_decode(text, at, &next);
            char folded[8];
            if (!is_word(cp)) {
                break;
            }
            size_t len = fold_code_point(cp, folded);
            if (word->len + len <= WORD_MOST) {
                memcpy(word->folded + word->len, folded, len);
                word->len += len;
            }
        }
        at = next;
    }
    word->end_byte = (int)at;
    return at;
}

struct giving {
    tokenizer_word *give;
    void *context;
    bool marked;
};

static int give_word(const struct giving *g, const struct word *word)
{
    char marked[sizeof word->folded + 1] = {TOKENIZER_MARK};
    struct slice folded = slice_of(word->folded, word->len);
    if (g->marked) {
        memcpy(marked + 1, word->folded, word->len);
        folded = slice_of(marked, word->len + 1);
    }
    return g->give(g->context, folded, word->start_byte, word->end_byte);
}

int tokenizer_walk(struct slice text, tokenizer_word *give, void *context)
{
    struct word word;
    struct giving giving = {give, context, false};
    bool after_apostrophe = false;
    for (size_t at = 0; at < text.len;) {
        size_t end = read_word(text, at, &word);
        giving.marked = giving.marked || (end == at && text.ptr[at] == TOKENIZER_MARK);
        if (end == at && text.ptr[at] == SEARCH_GAP) {
            int code = give(context, slice_of(text.ptr + at, 1), (int)at, (int)at + 1);
            if (code != 0) {
                return code;
            }
        }
        if (end == at) {
            utf8_decode(text, at, &at);
            after_apostrophe = false;
            continue;
        }
        size_t next = end;
        bool before_apostrophe = end < text.len && is_apostrophe(utf8_decode(text, end, &next));
        bool dropped = word.len == 0 || (before_apostrophe && is_elided(&word)) ||
                       (after_apostrophe && !before_apostrophe && is_clitic(&word));
        if (!dropped) {
            int code = give_word(&giving, &word);
            if (code != 0) {
                return code;
            }
        }
        at = before_apostrophe ? next : end;
        after_apostrophe = before_apostrophe;
    }
    return 0;
}

/* ---- as SQLite wants it */

struct fts_call {
    void *context;
    int (*token)(void *, int, const char *, int, int, int);
};

static int give_to_fts(void *context, struct slice folded, int start_byte, int end_byte)
{
    const struct fts_call *call = context;
    return call->token(call->context, 0, folded.ptr, (int)folded.len, start_byte, end_byte);
}

static int create(void *context, const char **arguments, int count, Fts5Tokenizer **out)
{
    (void)context;
    (void)arguments;
    static int nothing;
    *out = (Fts5Tokenizer *)&nothing;
    return count == 0 ? SQLITE_OK : SQLITE_ERROR;
}

static void destroy(Fts5Tokenizer *tokenizer)
{
    (void)tokenizer;
}

static int tokenize(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text, int len,
                    int (*token)(void *, int, const char *, int, int, int))
{
    (void)tokenizer;
    (void)flags;
    struct fts_call call = {context, token};
    return tokenizer_walk(slice_of(text ? text : "", text ? (size_t)len : 0), give_to_fts, &call);
}

fts5_api *tokenizer_fts(sqlite3 *handle)
{
    fts5_api *api = NULL;
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(handle, "SELECT fts5(?1)", -1, &s, NULL) == SQLITE_OK) {
        sqlite3_bind_pointer(s, 1, (void *)&api, "fts5_api_ptr", NULL);
        sqlite3_step(s);
    }
    sqlite3_finalize(s);
    return api;
}

int tokenizer_register(sqlite3 *handle)
{
    static fts5_tokenizer news = {create, destroy, tokenize};
    fts5_api *api = tokenizer_fts(handle);
    if (api == NULL || api->iVersion < 2) {
        return SQLITE_ERROR;
    }
    return api->xCreateTokenizer(api, "news", NULL, &news, NULL);
}

int64_t tokenizer_fingerprint(void)
{
    static const char *const tables[] = {"elisions", "clitics"};
    struct slice start = SLICE(RULES_VERSION);
    struct digest sum = digest_sha256(&start, 1);
    for (size_t p = 0; p < pack_count(); p++) {
        for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
            struct pack_table table = pack_table(pack_at(p), tables[t]);
            for (size_t i = 0; table.base != NULL && i < pack_size(&table); i++) {
                struct slice key, value;
                pack_entry(&table, i, &key, &value);
                struct slice parts[] = {slice_of((const char *)sum.bytes, sizeof sum.bytes), key};
                sum = digest_sha256(parts, 2);
            }
        }
    }
    return (int64_t)(digest_id(&sum) >> 1);
}
