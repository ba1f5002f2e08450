#include "fetch/robots.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

#define PATTERN_MOST 4096 /* a longer rule can match no address that we ask for */

/* ---- levelling: %7E is ~, é is %C3%A9; in addresses, what rules use as signs is escaped */

static int hex_value(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

static void append_escape(struct buf *out, unsigned char c)
{
    static const char hex[] = "0123456789ABCDEF";
    buf_char(out, '%');
    buf_char(out, hex[c >> 4]);
    buf_char(out, hex[c & 15]);
}

static bool is_unreserved(unsigned char c)
{
    return isalnum(c) || (c != '\0' && strchr("-._~", c) != NULL);
}

static void level(struct slice s, bool is_rule, struct buf *out)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '%' && i + 2 < s.len && isxdigit((unsigned char)s.ptr[i + 1]) &&
            isxdigit((unsigned char)s.ptr[i + 2])) {
            c = (unsigned char)(hex_value(s.ptr[i + 1]) * 16 + hex_value(s.ptr[i + 2]));
            i += 2;
            if (is_unreserved(c)) {
                buf_char(out, (char)c);
            } else {
                append_escape(out, c);
            }
        } else if (c <= ' ' || c >= 0x7F || (!is_rule && (c == '*' || c == '$'))) {
            append_escape(out, c);
        } else {
            buf_char(out, (char)c);
        }
    }
}

/* ---- reading */

struct reading {
    struct slice agent;
    struct arena *arena;
    struct robots named, any; /* of groups for the agent, for "*" */
    bool for_agent, for_any;  /* the group under way */
    bool had_rules;           /* another User-agent begins another group */
    bool was_named;           /* some group named the agent, if only to allow everything */
    bool failed;
};

static bool word_is(struct slice s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

/* "guillemet/1.0" names guillemet. */
static struct slice product_of(struct slice value)
{
    size_t len = 0;
    while (len < value.len && (isalpha((unsigned char)value.ptr[len]) || value.ptr[len] == '-' ||
                               value.ptr[len] == '_')) {
        len++;
    }
    return slice_of(value.ptr, len);
}

static void read_agent(struct reading *r, struct slice value)
{
    if (r->had_rules) {
        r->for_agent = r->for_any = r->had_rules = false;
    }
    struct slice product = product_of(value);
    if (product.len == r->agent.len && product.len > 0 &&
        strncasecmp(product.ptr, r->agent.ptr, product.len) == 0) {
        r->for_agent = r->was_named = true;
    } else if (value.len > 0 && value.ptr[0] == '*') {
        r->for_any = true;
    }
}

static void add_rule(struct reading *r, struct robots *to, const struct robots_rule *rule)
{
    struct robots_rule *kept = ARENA_PUSH(r->arena, &to->rules);
    if (kept) {
        *kept = *rule;
    }
    r->failed = r->failed || !kept;
}

static void read_rule(struct reading *r, struct slice value, bool allow)
{
    struct buf levelled;
    r->had_rules = true;
    if (value.len == 0 || value.len > PATTERN_MOST || (!r->for_agent && !r->for_any)) {
        return; /* "Disallow:" alone forbids nothing */
    }
    struct robots_rule rule = {.allow = allow, .to_end = value.ptr[value.len - 1] == '$'};
    value.len -= rule.to_end ? 1 : 0;
    buf_init(&levelled);
    level(value, true, &levelled);
    rule.pattern = arena_copy(r->arena, buf_view(&levelled));
    r->failed = r->failed || levelled.failed || !slice_present(rule.pattern);
    buf_done(&levelled);
    if (r->for_agent && !r->failed) {
        add_rule(r, &r->named, &rule);
    }
    if (r->for_any && !r->failed) {
        add_rule(r, &r->any, &rule);
    }
}

/* "2", "0.5": the longest that a group asks for. */
static void read_delay(struct reading *r, struct slice value)
{
    int64_t seconds = 0;
    size_t i = 0;
    for (; i < value.len && isdigit((unsigned char)value.ptr[i]); i++) {
        seconds = seconds > ROBOTS_DELAY_MOST_S ? seconds : seconds * 10 + (value.ptr[i] - '0');
    }
    bool fraction = i < value.len && value.ptr[i] == '.', more = false;
    for (i++; fraction && i < value.len; i++) { /* no text that ends in a zero byte */
        more |= value.ptr[i] != '0';
    }
    seconds += more ? 1 : 0;
    seconds = seconds > ROBOTS_DELAY_MOST_S ? ROBOTS_DELAY_MOST_S : seconds;
    struct robots *groups[] = {r->for_agent ? &r->named : NULL, r->for_any ? &r->any : NULL};
    for (size_t g = 0; g < 2; g++) {
        if (groups[g] && groups[g]->delay_s < seconds) {
            groups[g]->delay_s = seconds;
        }
    }
}

static void read_sitemap(struct reading *r, struct slice value, struct robots *out)
{
    if (value.len == 0 || value.len > PATTERN_MOST || out->sitemaps.count == ROBOTS_SITEMAPS_MOST) {
        return;
    }
    struct slice *kept = ARENA_PUSH(r->arena, &out->sitemaps);
    if (kept) {
        *kept = arena_copy(r->arena, value);
    }
    r->failed = r->failed || !kept || !slice_present(*kept);
}

static void read_line(struct reading *r, struct slice line, struct robots *out)
{
    struct slice value = slice_cut(&line, '#');
    struct slice name = slice_trim(slice_cut(&value, ':'));
    if (!slice_present(value)) {
        return;
    }
    value = slice_trim(value);
    if (word_is(name, "user-agent")) {
        read_agent(r, value);
    } else if (word_is(name, "disallow") || word_is(name, "allow")) {
        read_rule(r, value, word_is(name, "allow"));
    } else if (word_is(name, "crawl-delay")) {
        read_delay(r, value);
    } else if (word_is(name, "sitemap")) {
        read_sitemap(r, value, out);
    }
}

enum rc robots_parse(struct slice bytes, struct slice agent, struct arena *arena,
                     struct robots *out, struct err *e)
{
    struct reading r = {.agent = agent, .arena = arena};
    struct robots result = {.delay_s = 0};
    if (bytes.len > ROBOTS_MOST_BYTES) {
        bytes.len = ROBOTS_MOST_BYTES;
    }
    if (slice_starts(bytes, SLICE("\xEF\xBB\xBF"))) {
        bytes = slice_of(bytes.ptr + 3, bytes.len - 3);
    }
    for (size_t at = 0; at < bytes.len && !r.failed;) {
        size_t end = at;
        while (end < bytes.len && bytes.ptr[end] != '\n' && bytes.ptr[end] != '\r') {
            end++;
        }
        read_line(&r, slice_of(bytes.ptr + at, end - at), &result);
        at = end + 1;
    }
    if (r.failed) {
        return err_nomem(e);
    }
    const struct robots *group = r.was_named ? &r.named : &r.any;
    result.rules = group->rules;
    result.delay_s = group->delay_s;
    *out = result;
    return RC_OK;
}

/* ---- asking */

/* What stands between "*"s must follow one another; the first at the beginning, the last at the end when `to_end`. */
static bool matches(const struct robots_rule *rule, struct slice path)
{
    struct slice rest = rule->pattern;
    struct slice part = slice_cut(&rest, '*');
    if (!slice_starts(path, part)) {
        return false;
    }
    size_t at = part.len;
    if (!slice_present(rest)) {
        return !rule->to_end || at == path.len;
    }
    while (slice_present(rest)) {
        part = slice_cut(&rest, '*');
        bool last = !slice_present(rest);
        if (last && rule->to_end) {
            return path.len - at >= part.len && slice_ends(path, part);
        }
        at = slice_find(path, part, at);
        if (at == SIZE_MAX) {
            return false;
        }
        at += part.len;
    }
    return true;
}

bool robots_allows(const struct robots *robots, struct slice path)
{
    if (slice_is(path, "/robots.txt")) {
        return true;
    }
    if (robots->closed) {
        return false;
    }
    struct buf levelled;
    buf_init(&levelled);
    level(path, false, &levelled);
    struct slice wanted = buf_view(&levelled);
    size_t longest = 0;
    bool allowed = !levelled.failed;
    for (size_t i = 0; i < robots->rules.count; i++) {
        const struct robots_rule *rule = &robots->rules.items[i];
        size_t len = rule->pattern.len + (rule->to_end ? 1 : 0);
        if (len < longest || (len == longest && (longest == 0 || !rule->allow))) {
            continue;
        }
        if (matches(rule, wanted)) {
            longest = len;
            allowed = rule->allow;
        }
    }
    buf_done(&levelled);
    return allowed;
}

bool robots_allows_url(const struct robots *robots, struct slice url)
{
    size_t host = slice_find(url, SLICE("://"), 0), at;
    if (host == SIZE_MAX) {
        return false;
    }
    for (at = host + 3; at < url.len && !memchr("/?#", url.ptr[at], 3); at++) {
    }
    const char *hash = at < url.len ? memchr(url.ptr + at, '#', url.len - at) : NULL;
    size_t end = hash ? (size_t)(hash - url.ptr) : url.len;
    if (at < end && url.ptr[at] == '/') {
        return robots_allows(robots, slice_of(url.ptr + at, end - at));
    }
    struct buf path; /* "https://presse.example?page=2" asks for "/?page=2" */
    buf_init(&path);
    buf_char(&path, '/');
    buf_append(&path, url.ptr + at, end - at);
    bool allowed = !path.failed && robots_allows(robots, buf_view(&path));
    buf_done(&path);
    return allowed;
}
