#include "http/problem.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/jsonw.h"
#include "text/utf8.h"

/* Sorted by nothing but the reader's eye: by status. The first eleven are what each rc says by itself. */
static const struct problem_kind kinds[] = {
    {"invalid", 400, "The request is wrong"},
    {"not_found", 404, "No such resource"},
    {"gone", 410, "The resource was deleted"},
    {"conflict", 409, "The request clashes with what is stored"},
    {"too_large", 413, "The request is over a limit"},
    {"unsupported", 415, "Unsupported media type or charset"},
    {"busy", 503, "Too busy: try again"},
    {"unavailable", 503, "A needed resource is unavailable"},
    {"out_of_memory", 503, "Out of memory: try again"},
    {"internal", 500, "Internal error"},
    {"bad_framing", 400, "The request's headers are ambiguous"},
    {"ambiguous", 400, "The name means several entities"},
    {"unknown_parameter", 400, "Unknown parameter"},
    {"unauthenticated", 401, "A token is needed"},
    {"forbidden", 403, "Not allowed"},
    {"method_not_allowed", 405, "Method not allowed here"},
    {"not_acceptable", 406, "No acceptable representation"},
    {"idempotency_in_use", 409, "A request with this key is under way"},
    {"precondition_failed", 412, "The resource has changed"},
    {"idempotency_mismatch", 422, "The key belongs to another request"},
    {"uri_too_long", 414, "The address is too long"},
    {"headers_too_large", 431, "Too many request headers"},
    {"rate_limited", 429, "This client asks too much"},
    {"read_only", 403, "The archive is read-only"},
    {"timeout", 503, "The request took too long"},
    {"shutting_down", 503, "The server is shutting down"},
    {"storage_full", 507, "The disk is full"},
};

const struct problem_kind *problem_kinds(size_t *count)
{
    *count = sizeof kinds / sizeof kinds[0];
    return kinds;
}

const struct problem_kind *problem_find(const char *code)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].code, code) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

const struct problem_kind *problem_of(enum rc rc)
{
    assert(rc != RC_OK);
    return problem_find(rc_name(rc));
}

/* Messages quote the user's bytes and are cut at the size of their buffer, maybe inside a character: what isn't
 * UTF-8 becomes '?'. */
static void key_text(struct jsonw *w, const char *key, const char *text)
{
    char clean[1024];
    if (!text || text[0] == '\0') {
        return;
    }
    size_t len = strnlen(text, sizeof clean - 1);
    memcpy(clean, text, len);
    size_t checked = 0, bad = 0;
    while (!utf8_valid(slice_of(clean + checked, len - checked), &bad)) {
        clean[checked + bad] = '?';
        checked += bad;
    }
    jsonw_key_string(w, key, slice_of(clean, len));
}

void problem_write(struct buf *out, const struct problem_kind *kind, const struct err *e,
                   struct slice base, const char *nearest, const char *instance)
{
    char type[512], detail[sizeof e->message + sizeof e->where + 8] = "";
    (void)snprintf(type, sizeof type, "%.*s/problems/%s", SLICE_ARG(base), kind->code);
    if (e) {
        (void)snprintf(detail, sizeof detail, "%s%s%s%s", e->message, e->where[0] ? " (" : "",
                       e->where, e->where[0] ? ")" : "");
    }
    struct jsonw w;
    jsonw_init(&w, out, 0);
    jsonw_object(&w);
    key_text(&w, "type", type);
    jsonw_key_text(&w, "title", kind->title);
    jsonw_key_int(&w, "status", kind->status);
    jsonw_key_text(&w, "code", kind->code);
    key_text(&w, "detail", detail);
    key_text(&w, "field", e ? e->field : NULL);
    key_text(&w, "where", e ? e->where : NULL);
    key_text(&w, "nearest", nearest);
    key_text(&w, "instance", instance);
    jsonw_end(&w);
}
