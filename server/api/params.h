/* Query parameters: which ones each route takes, their types, and reading them strictly.
 *
 * Shape:   one table holds every parameter of the API (name, kind, choices, default, limits, help);
 *          a route names those it takes as a set. Names that differ in their choices from
 *          route to route ("sort") have an entry for each. openapi.yaml is checked against the table.
 * Errors:  unknown, repeated (but for filters), empty and malformed parameters are RC_INVALID naming the parameter, with the
 *          nearest valid one: nothing is ever ignored in silence.
 * Memory:  values borrow from the given parameters.
 */
#ifndef GUILLEMET_API_PARAMS_H
#define GUILLEMET_API_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "api/param_lists.h"
#include "base/arena.h"
#include "base/jsonw.h"
#include "http/target.h"
#include "store/store.h"

enum param {
    P_Q,
    P_NAME,
    P_NAME_START,
    P_NAME_PART,
    P_KINDS,
    P_ENTITY,
    P_SPEAKER,
    P_ABOUT,
    P_ROLE,
    P_ROLE_ARTICLES,
    P_ROLE_QUOTES,
    P_ENTITY_TYPE,
    P_ONE_TYPE,
    P_QUOTE_TYPE,
    P_SAID_TYPE,
    P_SPEAKER_KIND,
    P_CUE,
    P_CUE_CLASS,
    P_MIN_CONFIDENCE,
    P_MAX_CONFIDENCE,
    P_NEGATED,
    P_HYPOTHETICAL,
    P_IN_HEADLINE,
    P_CHANNEL,
    P_IN,
    P_HIGHLIGHT,
    P_REPORTED_BY,
    P_ARTICLE,
    P_COLLAPSE,
    P_EXPLAIN,
    P_CORRECTION_KIND,
    P_TARGET,
    P_SOURCE_STATE,
    P_SOURCE_KIND,
    P_FAILING,
    P_IDS,
    P_ORPHANED,
    P_UNDONE,
    P_SOURCE,
    P_SECTION,
    P_AUTHOR,
    P_LANG,
    P_FROM,
    P_TO,
    P_DATE,
    P_HAS_QUOTES,
    P_UPDATED_SINCE,
    P_REVISION_FROM,
    P_REVISION_TO,
    P_MIN_QUOTES,
    P_MIN_WORDS,
    P_MAX_WORDS,
    P_MIN_ARTICLES,
    P_SORT_ARTICLES,
    P_SORT_QUOTES,
    P_SORT_ENTITIES,
    P_ORDER,
    P_LIMIT,
    P_LIMIT_WHOLE,
    P_LIMIT_FEW,
    P_LIMIT_SOME,
    P_FACETS_ARTICLES,
    P_FACETS_QUOTES,
    P_FACETS_ENTITIES,
    P_FACET_LIMIT,
    P_RELATION,
    P_SORT_RELATED,
    P_MIN_SHARED,
    P_OF,
    P_INTERVAL,
    P_TZ,
    P_SPLIT,
    P_SPLIT_LIMIT,
    P_CURSOR,
    P_INCLUDE,
    P_INCLUDE_LIST,
    P_FORMAT,
    P_FIELDS,
    P_OFFSETS,
    P_DRY_RUN,
    P_REVIVE,
    P_NOTE,
    P_DOC_URL,
    P_DOC_EXTERNAL_ID,
    P_DOC_SOURCE,
    P_DOC_LANG,
    P_DOC_TITLE,
    P_DOC_SECTION,
    P_DOC_PUBLISHED_AT,
    P_DOC_MODIFIED_AT,
    PARAM_COUNT
};

/* A set of parameters, a bit each: the API has more than 64. Combined with | and &, as a constant too. */
__extension__ typedef unsigned __int128 param_set;
#define PARAM_BIT(param) ((param_set)1 << (param))

enum param_kind {
    PARAM_TEXT,
    PARAM_INT,
    PARAM_SHARE, /* 0 to 1; number: in thousandths */
    PARAM_BOOL,
    PARAM_CHOICE, /* number: the choice's place */
    PARAM_SET,    /* number: bits of the choices' places; separated by commas */
    PARAM_TIME,   /* number: ms since the epoch; text/periods.h */
    PARAM_DATE,   /* as it, of a document: not counted from now */
    PARAM_LANG,
    /* filters: may be repeated, negated and have several values, see param_lists.h */
    PARAM_NAMES,
    PARAM_LANGS,
    PARAM_CHOICES,
    PARAM_PERIOD,
    PARAM_ID, /* its 64 bits in `id` */
    PARAM_CURSOR
};

struct param_spec {
    const char *name;
    enum param_kind kind;
    const char *choices;  /* "a|b|c" */
    const char *standard; /* default, as text; NULL: none */
    int64_t least, most;  /* of a number, or of a text's bytes */
    bool shapes;          /* says how to show rows, not which: a cursor doesn't depend on it */
};

const struct param_spec *param_spec(enum param param);

struct param_value {
    bool given;        /* by the client, not by default */
    struct slice text; /* absent when neither given nor defaulted */
    int64_t number;
    uint64_t id;
    struct param_clause *clauses; /* of filters: as often as given, in order */
};

struct params {
    struct param_value values[PARAM_COUNT];
    uint64_t filters;          /* a hash of what a cursor depends on */
    bool relative;             /* something was counted from now: */
    int64_t now_ms;            /* to the minute */
    struct store_cursor after; /* from P_CURSOR */
};

/* What a refusal says beside the message. */
struct params_fault {
    const char *code;    /* of problem.h: "unknown_parameter" or "invalid" */
    const char *nearest; /* a valid name or choice that is close, or NULL; in the arena */
};

/* `scope`: the operation's name; cursors of one are no good in another. */
enum rc params_parse(const char *scope, param_set allowed, const struct http_parameter *given,
                     size_t count, struct arena *arena, struct params *out,
                     struct params_fault *fault, struct err *e);

/* The parameters of a set as JSON, for `guillemet routes --json`. */
void params_write(struct jsonw *w, param_set allowed);

#endif
