#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/jsonw.h"

static _Atomic int least_level = LOG_INFO;
static _Atomic int line_format = LOG_LOGFMT;

static const char *const level_names[] = {"debug", "info", "warn", "error"};

void log_configure(enum log_level least, enum log_format format)
{
    atomic_store(&least_level, (int)least);
    atomic_store(&line_format, (int)format);
}

bool log_level_parse(const char *name, enum log_level *out)
{
    for (size_t i = 0; name && i < sizeof level_names / sizeof *level_names; i++) {
        if (strcmp(name, level_names[i]) == 0) {
            *out = (enum log_level)i;
            return true;
        }
    }
    return false;
}

/* Length of the well-formed UTF-8 sequence at `text`, 0 when there is none: what is logged comes from
 * anywhere, and one bad byte must not spoil a JSON log. (text/utf8 is above this layer.) */
static size_t sequence_len(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    static const unsigned char least_second[] = {[0xE0 - 0xC0] = 0xA0, [0xF0 - 0xC0] = 0x90};
    static const unsigned char most_second[] = {[0xED - 0xC0] = 0x9F, [0xF4 - 0xC0] = 0x8F};
    if (s[0] < 0x80) {
        return 1;
    }
    size_t len = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4) {
        return 0;
    }
    size_t lead = s[0] - 0xC0u;
    if ((lead < sizeof least_second && least_second[lead] && s[1] < least_second[lead]) ||
        (lead < sizeof most_second && most_second[lead] && s[1] > most_second[lead])) {
        return 0;
    }
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return len;
}

static bool is_plain(const char *value)
{
    for (const char *c = value; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        if (byte <= ' ' || byte == '"' || byte == '=' || byte == '\\' || byte >= 0x7F) {
            return false;
        }
    }
    return *value != '\0';
}

static void write_json_value(struct buf *out, const char *value)
{
    buf_char(out, '"');
    while (*value) {
        size_t len = sequence_len(value);
        if (len) {
            jsonw_escape(out, slice_of(value, len));
        } else {
            buf_text(out, "\\ufffd");
        }
        value += len ? len : 1;
    }
    buf_char(out, '"');
}

static void write_logfmt_value(struct buf *out, const char *value)
{
    if (is_plain(value)) {
        buf_text(out, value);
    } else {
        write_json_value(out, value);
    }
}

static void write_pair(struct buf *out, bool json, const char *key, const char *value)
{
    if (json) {
        buf_char(out, out->len == 0 ? '{' : ',');
        write_json_value(out, key);
        buf_char(out, ':');
        write_json_value(out, value);
        return;
    }
    if (out->len) {
        buf_char(out, ' ');
    }
    buf_text(out, key);
    buf_char(out, '=');
    write_logfmt_value(out, value);
}

static void write_whole(const char *bytes, size_t len)
{
    while (len) {
        ssize_t done = write(STDERR_FILENO, bytes, len);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return; /* nowhere to say that saying failed */
        }
        bytes += done;
        len -= (size_t)done;
    }
}

void log_write(enum log_level level, const char *message, ...)
{
    if ((int)level < atomic_load_explicit(&least_level, memory_order_relaxed)) {
        return;
    }
    int saved = errno;
    bool json = atomic_load_explicit(&line_format, memory_order_relaxed) == LOG_JSON;
    char now[32];
    clock_format_utc(clock_now_ms(), now);
    struct buf line;
    buf_init(&line);
    write_pair(&line, json, "ts", now);
    write_pair(&line, json, "level", level_names[level]);
    write_pair(&line, json, "msg", message ? message : "");
    va_list args;
    va_start(args, message);
    for (const char *key = va_arg(args, const char *); key; key = va_arg(args, const char *)) {
        const char *value = va_arg(args, const char *);
        write_pair(&line, json, key, value ? value : "");
    }
    va_end(args);
    buf_text(&line, json ? "}\n" : "\n");
    if (!line.failed) {
        write_whole(line.data, line.len);
    }
    buf_done(&line);
    errno = saved;
}
