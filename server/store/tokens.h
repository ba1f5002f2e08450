/* Bearer tokens: shown once, kept as hashes.
 *
 * Shape:   scopes are words separated by blanks ("write", "admin"); their meaning is the API's.
 * Errors:  RC_NOT_FOUND for an unknown token; RC_CONFLICT for a name in use.
 * Threads: create and revoke wait for a commit; check reads, and notes the last use at most hourly.
 */
#ifndef GUILLEMET_STORE_TOKENS_H
#define GUILLEMET_STORE_TOKENS_H

#include "store/store.h"

#define STORE_TOKEN_CHARS 55 /* "glm_" + 51 characters */

struct store_token {
    struct slice name, scopes;
    int64_t created_ms, last_used_ms, revoked_ms; /* 0: never */
};

enum rc store_token_create(struct store *store, struct slice name, struct slice scopes,
                           char secret[STORE_TOKEN_CHARS + 1], struct err *e);
enum rc store_token_revoke(struct store *store, struct slice name, struct err *e);
enum rc store_token_list(struct store_reader *reader, struct arena *arena,
                         struct store_token **rows, size_t *count, struct err *e);
/* RC_NOT_FOUND: unknown or revoked. Takes the same time whatever is wrong with a secret. */
enum rc store_token_check(struct store_reader *reader, struct slice secret, struct arena *arena,
                          struct store_token *out, struct err *e);

#endif
