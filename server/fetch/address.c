#include "fetch/address.h"

#include <string.h>
#include <strings.h>

#include "text/host.h"

#define SHOWN_MOST 200

static enum rc refuse(struct err *e, struct slice address, const char *why)
{
    return err_field(e, RC_INVALID, "url", "\"%.*s\" can't be asked for: %s",
                     (int)(address.len < SHOWN_MOST ? address.len : SHOWN_MOST),
                     address.ptr ? address.ptr : "", why);
}

static bool has_controls(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7F) {
            return true;
        }
    }
    return false;
}

static bool has(CURLU *url, CURLUPart part)
{
    char *value = NULL;
    bool there = curl_url_get(url, part, &value, 0) == CURLUE_OK && value;
    curl_free(value);
    return there;
}

static bool is_web(CURLU *url)
{
    char *scheme = NULL;
    bool web = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
               (strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0);
    curl_free(scheme);
    return web;
}

static bool level_host(CURLU *url)
{
    char *host = NULL, ascii[HOST_MOST];
    if (curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK) {
        return false;
    }
    bool foreign = false;
    for (const char *at = host; *at; at++) {
        foreign = foreign || (unsigned char)*at >= 0x80;
    }
    bool good =
        host[0] != '\0' && (!foreign || (host_ascii(slice_cstr(host), ascii) &&
                                         curl_url_set(url, CURLUPART_HOST, ascii, 0) == CURLUE_OK));
    curl_free(host);
    return good;
}

enum rc address_go(CURLU *url, struct slice reference, struct err *e)
{
    char copy[ADDRESS_MOST + 1];
    struct slice trimmed = slice_trim(reference);
    if (trimmed.len == 0 || trimmed.len > ADDRESS_MOST) {
        return refuse(e, trimmed, trimmed.len ? "it is longer than 4096 bytes" : "it is empty");
    }
    if (has_controls(trimmed)) {
        return refuse(e, SLICE(""), "it holds control characters");
    }
    memcpy(copy, trimmed.ptr, trimmed.len);
    copy[trimmed.len] = '\0';
    CURLUcode code = curl_url_set(url, CURLUPART_URL, copy, CURLU_URLENCODE);
    if (code == CURLUE_OUT_OF_MEMORY) {
        return err_nomem(e);
    }
    if (code == CURLUE_UNSUPPORTED_SCHEME || (code == CURLUE_OK && !is_web(url))) {
        return refuse(e, trimmed, "only http and https are spoken here");
    }
    if (code != CURLUE_OK) {
        return refuse(e, trimmed, "that is no http or https address");
    }
    if (has(url, CURLUPART_USER) || has(url, CURLUPART_PASSWORD) || has(url, CURLUPART_OPTIONS)) {
        return refuse(e, SLICE("…@…"), "it holds a user name or a password, and none is ever sent");
    }
    if (has(url, CURLUPART_ZONEID)) {
        return refuse(e, trimmed, "it names a network interface");
    }
    if (!level_host(url)) {
        return refuse(e, trimmed, "its host is no name");
    }
    curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0);
    return RC_OK;
}

bool address_is_secure(CURLU *url)
{
    char *scheme = NULL;
    bool secure = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                  strcasecmp(scheme, "https") == 0;
    curl_free(scheme);
    return secure;
}

static struct slice part_text(CURLU *url, CURLUPart part, struct arena *arena)
{
    char *value = NULL;
    struct slice text = SLICE_NONE;
    if (curl_url_get(url, part, &value, 0) == CURLUE_OK) {
        text = arena_copy(arena, slice_cstr(value));
    }
    curl_free(value);
    return text;
}

struct slice address_text(CURLU *url, struct arena *arena)
{
    return part_text(url, CURLUPART_URL, arena);
}

struct slice address_host(CURLU *url, struct arena *arena)
{
    return part_text(url, CURLUPART_HOST, arena);
}
