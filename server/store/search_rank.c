#include "store/search_rank.h"

#include <math.h>

#include "store/tokenizer.h"

/* As in every bm25: how fast more of one word counts for less, and how much long texts are held back. */
#define K1 1.2
#define B  0.75

/* Of what is in most rows: finding it still counts for something. */
#define LEAST_IDF 1e-6

struct weights {
    double average; /* words of a row */
    int count;
    double idf[]; /* of each phrase */
};

struct looking {
    int64_t rows, last;
};

static int look(const Fts5ExtensionApi *api, Fts5Context *context, void *data)
{
    struct looking *looking = data;
    looking->last = api->xRowid(context);
    return ++looking->rows == SEARCH_RANK_LOOKS ? SQLITE_DONE : SQLITE_OK;
}

double search_rank_rows(int64_t looked_at, int64_t last_row, int64_t all)
{
    if (looked_at < SEARCH_RANK_LOOKS || last_row <= 0) {
        return (double)looked_at;
    }
    double spread = (double)all / (double)last_row;
    return fmin((double)all, (double)looked_at * fmax(spread, 1));
}

static int weigh(const Fts5ExtensionApi *api, Fts5Context *context, struct weights *out)
{
    sqlite3_int64 all = 0, words = 0;
    int code = api->xRowCount(context, &all);
    code = code == SQLITE_OK ? api->xColumnTotalSize(context, -1, &words) : code;
    out->average = all > 0 ? (double)words / (double)all : 1;
    for (int i = 0; i < out->count && code == SQLITE_OK; i++) {
        struct looking looking = {0, 0};
        code = api->xQueryPhrase(context, i, &looking, look);
        double rows = search_rank_rows(looking.rows, looking.last, all);
        double idf = log(((double)all - rows + 0.5) / (rows + 0.5));
        out->idf[i] = idf > 0 ? idf : LEAST_IDF;
    }
    return code;
}

/* Once for a query. */
static int weights_of(const Fts5ExtensionApi *api, Fts5Context *context, struct weights **out)
{
    *out = api->xGetAuxdata(context, 0);
    if (*out != NULL) {
        return SQLITE_OK;
    }
    int count = api->xPhraseCount(context);
    struct weights *made =
        sqlite3_malloc64(sizeof *made + (sqlite3_uint64)count * sizeof made->idf[0]);
    if (made == NULL) {
        return SQLITE_NOMEM;
    }
    made->count = count;
    int code = weigh(api, context, made);
    if (code != SQLITE_OK) {
        sqlite3_free(made);
        return code;
    }
    *out = made;
    return api->xSetAuxdata(context, made, sqlite3_free); /* frees it when it can't be kept */
}

/* What one phrase's places count for, by their columns. */
static int add_places(const Fts5ExtensionApi *api, Fts5Context *context, sqlite3_value **columns,
                      int column_count, double *frequencies, int phrases)
{
    int places = 0, code = api->xInstCount(context, &places);
    for (int i = 0; i < places && code == SQLITE_OK; i++) {
        int phrase, column, offset;
        code = api->xInst(context, i, &phrase, &column, &offset);
        if (code == SQLITE_OK && phrase < phrases) {
            frequencies[phrase] +=
                column < column_count ? sqlite3_value_double(columns[column]) : 1;
        }
    }
    return code;
}

#define PHRASES_MOST 512

static void rank(const Fts5ExtensionApi *api, Fts5Context *context, sqlite3_context *result,
                 int count, sqlite3_value **values)
{
    struct weights *weights = NULL;
    double frequencies[PHRASES_MOST] = {0}, score = 0;
    int size = 0, code = weights_of(api, context, &weights);
    int phrases =
        code == SQLITE_OK && weights->count < PHRASES_MOST ? weights->count : PHRASES_MOST;
    code = code == SQLITE_OK ? api->xColumnSize(context, -1, &size) : code;
    code = code == SQLITE_OK ? add_places(api, context, values, count, frequencies, phrases) : code;
    if (code != SQLITE_OK) {
        sqlite3_result_error_code(result, code);
        return;
    }
    double length = 1 - B + B * (double)size / weights->average;
    for (int i = 0; i < phrases && i < weights->count; i++) {
        score += weights->idf[i] * frequencies[i] * (K1 + 1) / (frequencies[i] + K1 * length);
    }
    sqlite3_result_double(result, score);
}

int search_rank_register(sqlite3 *handle)
{
    fts5_api *api = tokenizer_fts(handle);
    if (api == NULL || api->iVersion < 2) {
        return SQLITE_ERROR;
    }
    return api->xCreateFunction(api, "search_rank", NULL, rank, NULL);
}
