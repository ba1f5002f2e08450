#include "api/idempotency.h"

#include "api/api_private.h"

enum { KEY_MOST = 255 };

void claims_init(struct claims *claims)
{
    pthread_mutex_init(&claims->lock, NULL);
    claims->first = NULL;
}

void claims_done(struct claims *claims)
{
    pthread_mutex_destroy(&claims->lock);
}

static bool is_same_key(const struct store_replay *a, const struct store_replay *b)
{
    return slice_equal(a->caller, b->caller) && slice_equal(a->key, b->key);
}

/* False: another request holds it. */
static bool claim_key(struct claims *claims, struct claim *claim)
{
    pthread_mutex_lock(&claims->lock);
    const struct claim *other = claims->first;
    while (other && !is_same_key(&other->replay, &claim->replay)) {
        other = other->next;
    }
    if (!other) {
        claim->next = claims->first;
        if (claims->first) {
            claims->first->previous = claim;
        }
        claims->first = claim;
    }
    pthread_mutex_unlock(&claims->lock);
    return !other;
}

void idempotency_end(struct call *call)
{
    struct claims *claims = &call->api->claims;
    struct claim *claim = call->claim;
    if (!claim) {
        return;
    }
    call->claim = NULL;
    pthread_mutex_lock(&claims->lock);
    if (claim->next) {
        claim->next->previous = claim->previous;
    }
    if (claim->previous) {
        claim->previous->next = claim->next;
    } else {
        claims->first = claim->next;
    }
    pthread_mutex_unlock(&claims->lock);
}

struct store_replay *idempotency_replay(const struct call *call)
{
    return call->claim ? &call->claim->replay : NULL;
}

static enum rc read_key(struct call *call, struct slice *key, struct err *e)
{
    *key = slice_trim(request_header(call->request, "Idempotency-Key"));
    bool good = key->len > 0 && key->len <= KEY_MOST;
    for (size_t i = 0; good && i < key->len; i++) {
        good = key->ptr[i] >= ' ' && key->ptr[i] < 127;
    }
    return good ? RC_OK
                : err_field(e, RC_INVALID, "Idempotency-Key",
                            "a key has 1 to %d printable ASCII characters: a UUID does", KEY_MOST);
}

/* All that makes it the same request: parts are told apart by their ends. */
static struct digest hash_request(const struct call *call)
{
    struct slice end = slice_of("", 1);
    struct slice parts[] = {slice_cstr(request_method(call->request)),
                            end,
                            request_path(call->request),
                            end,
                            request_query_raw(call->request),
                            end,
                            request_header(call->request, "Content-Type"),
                            end,
                            request_header(call->request, "If-None-Match"),
                            end,
                            request_body(call->request)};
    return digest_sha256(parts, sizeof parts / sizeof parts[0]);
}

static enum rc give_again(struct call *call, const struct store_replay *kept, struct err *e)
{
    const struct store_replay *asked = &call->claim->replay;
    if (memcmp(kept->request.bytes, asked->request.bytes, sizeof asked->request.bytes) != 0) {
        reply_problem(call->reply, "idempotency_mismatch", NULL);
        return err_field(e, RC_INVALID, "Idempotency-Key",
                         "this key was used for another request: take a new key for a new request");
    }
    call->reply->status = kept->status;
    if (slice_present(kept->location)) {
        reply_header(call->reply, "Location", "%.*s", SLICE_ARG(kept->location));
    }
    reply_header(call->reply, "Idempotency-Replayed", "true");
    buf_slice(&call->reply->body, kept->body);
    return RC_OK;
}

enum rc idempotency_begin(struct call *call, bool *answered, struct err *e)
{
    *answered = false;
    if (!slice_present(request_header(call->request, "Idempotency-Key"))) {
        return RC_OK;
    }
    struct claim *claim = ARENA_NEW(call->arena, struct claim);
    struct slice key;
    enum rc rc = claim ? read_key(call, &key, e) : err_nomem(e);
    if (rc != RC_OK) {
        return rc;
    }
    struct slice caller = request_caller(call->request);
    claim->replay.caller = slice_present(caller) ? caller : SLICE("");
    claim->replay.key = arena_copy(call->arena, key);
    claim->replay.request = hash_request(call);
    if (!slice_present(claim->replay.key)) {
        return err_nomem(e);
    }
    if (!claim_key(&call->api->claims, claim)) {
        reply_problem(call->reply, "idempotency_in_use", NULL);
        reply_header(call->reply, "Retry-After", "1");
        return err_field(e, RC_CONFLICT, "Idempotency-Key",
                         "a request with this key is under way: ask again when it is done");
    }
    call->claim = claim;
    struct store_replay kept;
    rc = store_replay_find(call->reader, claim->replay.caller, claim->replay.key, call->arena,
                           &kept, e);
    if (rc == RC_OK) {
        *answered = true;
        rc = give_again(call, &kept, e);
    } else if (rc == RC_NOT_FOUND) {
        return RC_OK;
    }
    idempotency_end(call);
    return rc;
}
