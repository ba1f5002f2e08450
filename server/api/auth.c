/* Who may do what: bearer tokens with scopes, or nobody asked under --open-writes. */
#include "api/api_private.h"
#include "http/negotiate.h"
#include "store/tokens.h"

static const char *scope_name(enum http_auth auth)
{
    switch (auth) {
    case HTTP_AUTH_NONE:
        return "";
    case HTTP_AUTH_READ:
        return "read";
    case HTTP_AUTH_WRITE:
        return "write";
    case HTTP_AUTH_ADMIN:
        return "admin";
    }
    return "";
}

/* A wider scope holds the narrower ones: admin ⊃ write ⊃ read. */
static bool grants(struct slice scopes, enum http_auth auth)
{
    struct slice rest = scopes;
    while (slice_present(rest)) {
        struct slice scope = slice_cut(&rest, ' ');
        for (int wider = (int)auth; wider <= (int)HTTP_AUTH_ADMIN; wider++) {
            if (slice_is(scope, scope_name((enum http_auth)wider))) {
                return true;
            }
        }
    }
    return false;
}

static enum http_access check_token(struct http_request *request, struct slice header,
                                    enum http_auth auth, struct err *e)
{
    struct slice rest = header;
    struct slice scheme = slice_cut(&rest, ' ');
    if (!negotiate_equal_nocase(scheme, "bearer") || !slice_present(rest)) {
        err_field(e, RC_INVALID, "Authorization",
                  "send the token as 'Authorization: Bearer glm_…'");
        return HTTP_UNAUTHENTICATED;
    }
    struct api_thread *thread = request_thread_state(request, e);
    if (!thread) {
        return HTTP_FORBIDDEN;
    }
    struct store_token token;
    if (store_token_check(thread->reader, slice_trim(rest), request_arena(request), &token, e)) {
        err_field(e, RC_INVALID, "Authorization", "this token is unknown or was revoked");
        return HTTP_UNAUTHENTICATED;
    }
    if (!grants(token.scopes, auth)) {
        err_field(e, RC_INVALID, "Authorization",
                  "this token's scope is '%.*s'; here '%s' is needed", SLICE_ARG(token.scopes),
                  scope_name(auth));
        return HTTP_FORBIDDEN;
    }
    request_set_caller(request, token.name);
    return HTTP_GRANTED;
}

enum http_access api_authorise(void *context, struct http_request *request, enum http_auth auth,
                               struct err *e)
{
    const struct api *api = context;
    struct slice header = request_header(request, "Authorization");
    if (slice_present(header)) {
        return check_token(request, header, auth, e);
    }
    if (auth == HTTP_AUTH_READ && !api->options.private_reads) {
        return HTTP_GRANTED;
    }
    if (auth == HTTP_AUTH_WRITE && api->options.open_writes) {
        if (!request_is_cross_origin(request)) {
            return HTTP_GRANTED;
        }
        err_field(e, RC_INVALID, "Origin",
                  "open writes are not taken from pages of another origin: send a token");
        return HTTP_FORBIDDEN;
    }
    err_field(e, RC_INVALID, "Authorization",
              "this needs a token of scope '%s' (guillemet token create): send it as "
              "'Authorization: Bearer glm_…'",
              scope_name(auth));
    return HTTP_UNAUTHENTICATED;
}
