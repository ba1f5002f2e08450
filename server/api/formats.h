/* The formats that the archive's objects come in.
 *
 * Shape:   a handler writes JSON, always the same; every other format is a function of that JSON. One table has the
 *          formats (formats.c), one says what each address gives (resources.c): an address that stands there has all of
 *          its formats by Accept, ?format= and suffix, fields= and offsets=, and whole result sets as streams,
 *          without its handler knowing.
 *          Rows (NDJSON, CSV) are the whole result set unless `limit` is given; documents are one page.
 * Errors:  406 and 400 say what is offered.
 * Memory:  in the call's arena.
 */
#ifndef GUILLEMET_API_FORMATS_H
#define GUILLEMET_API_FORMATS_H

#include "api/call.h"
#include "base/jsonr.h"

enum format {
    FORMAT_JSON,
    FORMAT_NDJSON,
    FORMAT_CSV,
    FORMAT_JSONLD,
    FORMAT_ATOM,
    FORMAT_NINJS,
    FORMAT_HTML,
    FORMAT_OPML,
    FORMAT_COUNT
};
#define FORMAT_BIT(format) (1u << (format))

/* What fields= asked for: paths such as "speaker.name". */
#define FIELDS_MOST 64
struct field_paths {
    struct slice paths[FIELDS_MOST];
    size_t count; /* 0: everything */
};

struct formatting {
    struct call *call;
    const struct resource *resource;
    const struct field_paths *fields;
    struct slice body; /* a reply in JSON: one object, or a list's envelope */
    bool is_list;
    bool first; /* of rows: nothing was sent before */
    struct buf *out;
};

typedef enum rc format_render(const struct formatting *f, struct err *e);

struct format_spec {
    const char *name;         /* of ?format= and of suffixes */
    const char *media;        /* of Accept */
    const char *content_type; /* sent */
    bool rows;                /* one after the other, without an envelope: may be streamed */
    bool takes_fields, takes_offsets;
    unsigned include; /* parts of an article that it needs: enum view_include */
    format_render *render;
    const char *policy; /* Content-Security-Policy, or NULL */
};

struct resource_use;

const struct format_spec *format_spec(enum format format);
/* The suffixes that addresses may have; ended by a NULL. */
const char *const *formats_suffixes(void);
/* Parameters that an address has because of its formats. */
param_set formats_params(const struct resource_use *use);

/* After the parameters are read: which format, which fields. */
enum rc formats_choose(struct call *call, struct err *e);
/* The reply is many pages: not for an event thread. */
bool formats_is_export(const struct call *call);
/* After the handler: makes the reply's JSON what was asked for. */
enum rc formats_apply(struct call *call, struct err *e);

/* ---- the formats themselves, one file each */
format_render rows_ndjson, rows_csv, jsonld_render, atom_render, ninjs_render, page_render,
    opml_render;

#endif
