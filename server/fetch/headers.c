#include "fetch/headers.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "fetch/libcurl.h"

#define SECONDS_MOST (10LL * 366 * 86400) /* ten years is as good as any more */

static const char *const names[HEADERS] = {
    [HEADER_LOCATION] = "location",
    [HEADER_CONTENT_TYPE] = "content-type",
    [HEADER_CONTENT_ENCODING] = "content-encoding",
    [HEADER_CONTENT_LENGTH] = "content-length",
    [HEADER_TRANSFER_ENCODING] = "transfer-encoding",
    [HEADER_ETAG] = "etag",
    [HEADER_LAST_MODIFIED] = "last-modified",
    [HEADER_RETRY_AFTER] = "retry-after",
    [HEADER_CACHE_CONTROL] = "cache-control",
    [HEADER_DATE] = "date",
};

/* Of these more than one value is a list; of the others the first counts. */
static bool is_list(enum header header)
{
    return header == HEADER_CONTENT_ENCODING || header == HEADER_TRANSFER_ENCODING ||
           header == HEADER_CACHE_CONTROL;
}

static bool begin(struct headers *headers, struct slice line)
{
    struct slice rest = line;
    slice_cut(&rest, ' ');
    rest = slice_trim(rest);
    *headers = (struct headers){.bytes = headers->bytes, .lines = headers->lines};
    for (size_t i = 0; i < 3 && i < rest.len && isdigit((unsigned char)rest.ptr[i]); i++) {
        headers->status = headers->status * 10 + (unsigned)(rest.ptr[i] - '0');
    }
    return headers->status >= 100;
}

static enum rc keep(struct headers *headers, enum header header, struct slice value,
                    struct arena *arena, struct err *e)
{
    struct slice *kept = &headers->values[header];
    if (header == HEADER_CONTENT_LENGTH && slice_present(*kept) && !slice_equal(*kept, value)) {
        return err_set(e, RC_INVALID, "it tells two lengths for one body");
    }
    if (slice_present(*kept) && !is_list(header)) {
        return RC_OK;
    }
    if (value.len > HEADER_VALUE_MOST) {
        return err_set(e, RC_TOO_LARGE, "its header %s is longer than %d bytes", names[header],
                       HEADER_VALUE_MOST);
    }
    *kept = slice_present(*kept)
                ? arena_printf(arena, "%.*s, %.*s", SLICE_ARG(*kept), SLICE_ARG(value))
                : arena_copy(arena, value);
    return slice_present(*kept) ? RC_OK : err_nomem(e);
}

enum rc headers_line(struct headers *headers, struct slice line, struct arena *arena, struct err *e)
{
    headers->bytes += line.len;
    headers->lines++;
    if (headers->bytes > HEADERS_MOST_BYTES || headers->lines > HEADERS_MOST) {
        return err_set(e, RC_TOO_LARGE, "its headers are more than %d, or longer than %d bytes",
                       HEADERS_MOST, HEADERS_MOST_BYTES);
    }
    if (headers->complete) {
        return RC_OK;
    }
    line = slice_trim(line);
    if (line.len > 5 && strncasecmp(line.ptr, "HTTP/", 5) == 0) {
        return begin(headers, line) ? RC_OK : err_set(e, RC_INVALID, "its status is no number");
    }
    if (line.len == 0) {
        headers->complete = headers->status >= 200;
        return RC_OK;
    }
    struct slice value = line, name = slice_trim(slice_cut(&value, ':'));
    value = slice_present(value) ? slice_trim(value) : SLICE("");
    for (int i = 0; i < HEADERS; i++) {
        if (name.len == strlen(names[i]) && strncasecmp(name.ptr, names[i], name.len) == 0) {
            return keep(headers, (enum header)i, value, arena, e);
        }
    }
    return RC_OK;
}

bool headers_are_redirect(const struct headers *headers)
{
    unsigned s = headers->status;
    bool status = s == 301 || s == 302 || s == 303 || s == 307 || s == 308;
    return status && headers->values[HEADER_LOCATION].len > 0;
}

bool headers_are_permanent(const struct headers *headers)
{
    return headers->status == 301 || headers->status == 308;
}

/* All of it digits, else -1. */
static int64_t number(struct slice s)
{
    int64_t value = 0;
    if (s.len == 0) {
        return -1;
    }
    for (size_t i = 0; i < s.len; i++) {
        if (!isdigit((unsigned char)s.ptr[i])) {
            return -1;
        }
        value = value > INT64_MAX / 20 ? value : value * 10 + (s.ptr[i] - '0');
    }
    return value;
}

static int64_t bounded(int64_t seconds)
{
    return seconds < 0 ? 0 : seconds > SECONDS_MOST ? SECONDS_MOST : seconds;
}

static bool word_is(struct slice s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

int64_t headers_max_age_s(const struct headers *headers)
{
    struct slice rest = headers->values[HEADER_CACHE_CONTROL];
    int64_t age = -1;
    while (slice_present(rest)) {
        struct slice value = slice_trim(slice_cut(&rest, ',')), name = slice_cut(&value, '=');
        if (word_is(slice_trim(name), "no-store") || word_is(slice_trim(name), "no-cache")) {
            return 0;
        }
        if (!slice_present(value) || !word_is(slice_trim(name), "max-age")) {
            continue;
        }
        value = slice_trim(value);
        if (value.len > 1 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"') {
            value = slice_of(value.ptr + 1, value.len - 2);
        }
        int64_t seconds = number(value);
        age = seconds >= 0 ? bounded(seconds) : age;
    }
    return age;
}

/* As HTTP writes dates; -1 when it is none. */
static int64_t date_s(struct slice text)
{
    char copy[64];
    if (!slice_present(text) || text.len == 0 || text.len >= sizeof copy ||
        libcurl_load(NULL) != RC_OK) {
        return -1;
    }
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return (int64_t)curl_getdate(copy, NULL);
}

/* A date counts from the server's own clock when it tells the time. */
int64_t headers_retry_after_s(const struct headers *headers, int64_t now_ms)
{
    struct slice value = headers->values[HEADER_RETRY_AFTER];
    int64_t seconds = number(value), until, now;
    if (!slice_present(value)) {
        return -1;
    }
    if (seconds >= 0) {
        return bounded(seconds);
    }
    until = date_s(value);
    now = date_s(headers->values[HEADER_DATE]);
    return until < 0 ? -1 : bounded(until - (now < 0 ? now_ms / 1000 : now));
}

int64_t headers_length(const struct headers *headers)
{
    return number(headers->values[HEADER_CONTENT_LENGTH]);
}
