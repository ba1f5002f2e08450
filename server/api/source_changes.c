#include "api/source_changes.h"

#include "api/links.h"
#include "api/source_fields.h"
#include "api/sources.h"
#include "follow/opml.h"

#define TRIES_MOST 8

static const char *const opml_types[] = {"text/x-opml", "application/xml", "text/xml"};

static struct store_actor by(const struct call *call)
{
    return (struct store_actor){.who = request_caller(call->request),
                                .request = slice_cstr(request_id(call->request))};
}

/* ---- one */

static enum rc read_choice(struct call *call, struct store_source_choice *choice, struct err *e)
{
    const char *nearest = NULL;
    bool given = false;
    enum rc rc =
        source_fields_read(request_body(call->request), call->arena, choice, &given, &nearest, e);
    if (rc == RC_OK && !given) {
        rc = err_field(e, RC_INVALID, "url",
                       "say something of the source: url, kind, state, name, lang, section, full, "
                       "min_interval_s or max_interval_s");
    }
    if (nearest) {
        reply_problem(call->reply, "invalid", nearest);
    }
    return rc;
}

static enum rc post_one(struct call *call, struct err *e)
{
    struct store_source_choice choice = {.kind = SOURCE_FEED};
    uint64_t id;
    enum rc rc = read_choice(call, &choice, e);
    if (rc == RC_OK && !slice_present(choice.url)) {
        rc = err_field(e, RC_INVALID, "url", "a source needs a url");
    }
    rc = rc == RC_OK ? store_source_add(call_store(call), &choice, by(call), &id, e) : rc;
    rc = rc == RC_OK ? sources_show(call, id, e) : rc;
    if (rc == RC_OK) {
        char text[DIGEST_ID_CHARS + 1];
        digest_format_id(id, text);
        call->reply->status = 201;
        reply_header(call->reply, "Location", "%.*s/sources/%s", SLICE_ARG(call->base), text);
    }
    return rc;
}

/* ---- many */

static enum rc post_opml(struct call *call, struct err *e)
{
    struct opml_import import;
    enum rc rc =
        opml_import(call_store(call), request_body(call->request),
                    request_content_type(call->request), by(call), call->arena, &import, e);
    if (rc != RC_OK) {
        return rc;
    }
    struct jsonw w = reply_jsonw(call->reply);
    jsonw_object(&w);
    jsonw_key_int(&w, "added", (int64_t)import.added);
    jsonw_key_int(&w, "existing", (int64_t)import.existing);
    jsonw_key_int(&w, "refused", (int64_t)import.refused);
    jsonw_key_string(&w, "first_refusal", import.first_refusal);
    jsonw_end(&w);
    return RC_OK;
}

enum rc source_changes_post(struct call *call, struct err *e)
{
    struct slice type = request_content_type(call->request);
    if (slice_is(type, "application/json")) {
        return post_one(call, e);
    }
    for (size_t i = 0; i < sizeof opml_types / sizeof opml_types[0]; i++) {
        if (slice_is(type, opml_types[i])) {
            return post_opml(call, e);
        }
    }
    return err_field(e, RC_UNSUPPORTED, "Content-Type",
                     "send a source as application/json: {\"url\": …}, or a list of feeds as "
                     "text/x-opml");
}

/* ---- changing */

static enum rc conflict(struct call *call, uint32_t if_revision, enum rc rc, const struct err *e)
{
    if (rc == RC_CONFLICT && if_revision != 0 && e->field[0] == '\0') {
        reply_problem(call->reply, "precondition_failed", NULL);
    }
    return rc;
}

/* Read, changed and written back as long as nobody else did in between. */
static enum rc change(struct call *call, uint64_t id, uint32_t if_revision, struct err *e)
{
    enum rc rc = RC_CONFLICT;
    for (int i = 0; i < TRIES_MOST && rc == RC_CONFLICT; i++) {
        struct store_source source;
        rc = store_source_get(call->reader, id, call->arena, &source, e);
        rc = rc == RC_OK ? read_choice(call, &source.choice, e) : rc;
        if (rc == RC_OK) {
            uint32_t revision = if_revision ? if_revision : source.revision;
            rc = store_source_change(call_store(call), id, revision, &source.choice, by(call), e);
        }
        if (rc == RC_CONFLICT && (if_revision != 0 || e->field[0] != '\0')) {
            break;
        }
    }
    return rc;
}

enum rc source_changes_patch(struct call *call, struct err *e)
{
    struct slice type = request_content_type(call->request);
    uint64_t id;
    uint32_t revision;
    if (!slice_is(type, "application/json") && !slice_is(type, "application/merge-patch+json")) {
        return err_field(e, RC_UNSUPPORTED, "Content-Type",
                         "send the change as application/json: {\"state\": \"paused\"}");
    }
    enum rc rc = call_path_id(call, "source", &id, e);
    rc = rc == RC_OK ? call_if_match(call, "/sources/{id}", &revision, e) : rc;
    if (rc != RC_OK) {
        return rc;
    }
    rc = conflict(call, revision, change(call, id, revision, e), e);
    return rc == RC_OK ? sources_show(call, id, e) : rc;
}

enum rc source_changes_delete(struct call *call, struct err *e)
{
    uint64_t id;
    uint32_t revision;
    enum rc rc = call_path_id(call, "source", &id, e);
    rc = rc == RC_OK ? call_if_match(call, "/sources/{id}", &revision, e) : rc;
    if (rc != RC_OK) {
        return rc;
    }
    rc = conflict(call, revision, store_source_remove(call_store(call), id, revision, by(call), e),
                  e);
    if (rc == RC_OK) {
        struct jsonw w = reply_jsonw(call->reply);
        jsonw_object(&w);
        links_write_id(&w, "id", id);
        jsonw_key_text(&w, "outcome", "removed");
        jsonw_end(&w);
    }
    return rc;
}

enum rc source_changes_fetch(struct call *call, struct err *e)
{
    uint64_t id;
    enum rc rc = call_path_id(call, "source", &id, e);
    rc = rc == RC_OK ? store_source_hasten(call_store(call), id, by(call), e) : rc;
    rc = rc == RC_OK ? sources_show(call, id, e) : rc;
    if (rc == RC_OK) {
        call->reply->status = 202;
    }
    return rc;
}
