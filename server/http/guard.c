#include "http/guard.h"

#include <string.h>

#include "http/negotiate.h"

/* Headers that mean something once only. */
enum single {
    SINGLE_HOST,
    SINGLE_LENGTH,
    SINGLE_ENCODING,
    SINGLE_TYPE,
    SINGLE_AUTHORIZATION,
    SINGLE_COUNT
};
static const struct {
    const char *name;
    size_t len;
} singles[SINGLE_COUNT] = {
    [SINGLE_HOST] = {"Host", 4},
    [SINGLE_LENGTH] = {"Content-Length", 14},
    [SINGLE_ENCODING] = {"Transfer-Encoding", 17},
    [SINGLE_TYPE] = {"Content-Type", 12},
    [SINGLE_AUTHORIZATION] = {"Authorization", 13},
};

static bool has_controls(struct slice value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return true;
        }
    }
    return false;
}

static int single_find(struct slice name)
{
    for (int s = 0; s < SINGLE_COUNT; s++) {
        if (name.len == singles[s].len && negotiate_equal_nocase(name, singles[s].name)) {
            return s;
        }
    }
    return -1;
}

static enum rc check_length(struct slice value, uint64_t *out, struct err *e)
{
    uint64_t length = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9' || length > UINT64_MAX / 10 - 1) {
            return err_field(e, RC_INVALID, "Content-Length",
                             "Content-Length must be one decimal number.");
        }
        length = length * 10 + (uint64_t)(value.ptr[i] - '0');
    }
    if (value.len == 0) {
        return err_field(e, RC_INVALID, "Content-Length", "Content-Length is empty.");
    }
    *out = length;
    return RC_OK;
}

/* What RFC 3986 allows in a host and its port, percent-escapes and an IPv6 address' brackets included. */
static bool is_host_byte(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '-' && c <= ':' && c != '/') || (c >= 'A' && c <= 'Z') ||
           (c >= 0x80) || c == '_' || c == '~' || c == '[' || c == ']' || c == '%';
}

static enum rc check_host(struct slice host, bool must_exist, struct err *e)
{
    if (!slice_present(host)) {
        return must_exist ? err_field(e, RC_INVALID, "Host", "HTTP/1.1 requires a Host header.")
                          : RC_OK;
    }
    for (size_t i = 0; i < host.len; i++) {
        if (!is_host_byte((unsigned char)host.ptr[i])) {
            return err_field(e, RC_INVALID, "Host",
                             "Host must be one name or address with an optional port.");
        }
    }
    return RC_OK;
}

static enum rc collect(const struct request_header *headers, size_t count,
                       struct slice found[SINGLE_COUNT], struct err *e)
{
    for (size_t i = 0; i < count; i++) {
        if (!negotiate_is_token(headers[i].name) || has_controls(headers[i].value)) {
            return err_set(e, RC_INVALID,
                           "Header %zu has a blank or a control character where none may be.",
                           i + 1);
        }
        int single = single_find(headers[i].name);
        if (single >= 0 && slice_present(found[single])) {
            return err_field(e, RC_INVALID, singles[single].name, "%s is given twice.",
                             singles[single].name);
        }
        if (single >= 0) {
            found[single] = headers[i].value;
        }
    }
    return RC_OK;
}

enum rc guard_check(const struct request_header *headers, size_t count, const char *version,
                    struct guard_framing *out, struct err *e)
{
    struct slice found[SINGLE_COUNT] = {{NULL, 0}};
    bool is_1_1 = strcmp(version, "HTTP/1.0") != 0;
    *out = (struct guard_framing){0, false, false};
    enum rc rc = collect(headers, count, found, e);
    if (rc != RC_OK || (rc = check_host(found[SINGLE_HOST], is_1_1, e)) != RC_OK) {
        return rc;
    }
    struct slice encoding = found[SINGLE_ENCODING], length = found[SINGLE_LENGTH];
    if (slice_present(encoding)) {
        if (!negotiate_equal_nocase(encoding, "chunked") || !is_1_1) {
            return err_field(e, RC_INVALID, "Transfer-Encoding",
                             "The only Transfer-Encoding taken is chunked, in HTTP/1.1.");
        }
        if (slice_present(length)) {
            return err_field(e, RC_INVALID, "Content-Length",
                             "Content-Length and Transfer-Encoding exclude each other.");
        }
        out->chunked = true;
    }
    out->has_length = slice_present(length);
    return out->has_length ? check_length(length, &out->content_length, e) : RC_OK;
}
