#include "fetch/failure.h"

static const struct {
    const char *name;
    enum rc rc;
} failures[] = {
    [FETCH_NO_FAILURE] = {"none", RC_OK},
    [FETCH_FAILED_URL] = {"url", RC_INVALID},
    [FETCH_FAILED_RESOLVE] = {"resolve", RC_UNAVAILABLE},
    [FETCH_REFUSED_ADDRESS] = {"refused_address", RC_INVALID},
    [FETCH_FAILED_CONNECT] = {"connect", RC_UNAVAILABLE},
    [FETCH_FAILED_TLS] = {"tls", RC_UNAVAILABLE},
    [FETCH_TIMEOUT] = {"timeout", RC_UNAVAILABLE},
    [FETCH_TOO_SLOW] = {"too_slow", RC_UNAVAILABLE},
    [FETCH_TOO_LARGE] = {"too_large", RC_TOO_LARGE},
    [FETCH_REDIRECTS] = {"redirects", RC_INVALID},
    [FETCH_PROTOCOL] = {"protocol", RC_UNAVAILABLE},
    [FETCH_DECODING] = {"decoding", RC_INVALID},
    [FETCH_CANCELLED] = {"cancelled", RC_BUSY},
    [FETCH_OUT_OF_MEMORY] = {"memory", RC_NOMEM},
};

static const struct {
    CURLcode code;
    enum fetch_failure failure;
} codes[] = {
    {CURLE_OK, FETCH_NO_FAILURE},
    {CURLE_URL_MALFORMAT, FETCH_FAILED_URL},
    {CURLE_COULDNT_RESOLVE_HOST, FETCH_FAILED_RESOLVE},
    {CURLE_COULDNT_CONNECT, FETCH_FAILED_CONNECT},
    {CURLE_OPERATION_TIMEDOUT, FETCH_TIMEOUT},
    {CURLE_SSL_CONNECT_ERROR, FETCH_FAILED_TLS},
    {CURLE_PEER_FAILED_VERIFICATION, FETCH_FAILED_TLS},
    {CURLE_SSL_CERTPROBLEM, FETCH_FAILED_TLS},
    {CURLE_SSL_CIPHER, FETCH_FAILED_TLS},
    {CURLE_SSL_CACERT_BADFILE, FETCH_FAILED_TLS},
    {CURLE_SSL_ISSUER_ERROR, FETCH_FAILED_TLS},
    {CURLE_SSL_INVALIDCERTSTATUS, FETCH_FAILED_TLS},
    {CURLE_ABORTED_BY_CALLBACK, FETCH_CANCELLED},
    {CURLE_OUT_OF_MEMORY, FETCH_OUT_OF_MEMORY},
};

const char *fetch_failure_name(enum fetch_failure failure)
{
    return failures[failure].name;
}

enum rc failure_rc(enum fetch_failure failure)
{
    return failures[failure].rc;
}

enum fetch_failure failure_of(CURLcode code)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (codes[i].code == code) {
            return codes[i].failure;
        }
    }
    return FETCH_PROTOCOL;
}

enum fetch_failure failure_of_rc(enum rc rc, enum fetch_failure otherwise)
{
    return rc == RC_NOMEM ? FETCH_OUT_OF_MEMORY : rc == RC_TOO_LARGE ? FETCH_TOO_LARGE : otherwise;
}
