/* Logs to stderr, a line an event, logfmt or JSON. Only cli, api and http/server log.
 *
 *   log_write(LOG_INFO, "listening", "address", "127.0.0.1:8080", NULL);
 *   → ts=2026-… level=info msg=listening address=127.0.0.1:8080
 *
 * Threads: a line is written in one call: lines never mix.
 */
#ifndef GUILLEMET_BASE_LOG_H
#define GUILLEMET_BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_LOGFMT, LOG_JSON };

void log_configure(enum log_level least, enum log_format format);
/* False when `name` is none of debug, info, warn, error. */
bool log_level_parse(const char *name, enum log_level *out);
/* Pairs of key, value (both const char *), closed by NULL. */
void log_write(enum log_level level, const char *message, ...) __attribute__((sentinel));

#endif
