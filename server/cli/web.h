/* Addresses for commands: fetched under the configuration's rules, one at a time.
 *
 * Shape:   what a person names on the command line is asked for as it is. What is asked for because of it (the pages of a
 *          feed, the feeds of a site) is a robot's doing: robots.txt is obeyed. Between two requests to one host is the
 *          pause that it or --fetch-delay asks for. Nothing is asked for twice because of a feed.
 * Errors:  what a network or a server got wrong is RC_INVALID, in words: it spoils one input and not the run.
 * Threads: one, that of the command.
 */
#ifndef GUILLEMET_CLI_WEB_H
#define GUILLEMET_CLI_WEB_H

#include "cli/cli.h"
#include "fetch/fetch.h"
#include "ingest/ingest.h"

struct web;

/* Names of configuration options, for the tables of commands that fetch. */
#define WEB_CONFIG                                                                                 \
    "fetch-allow", "fetch-contact", "fetch-ca-file", "fetch-limit", "fetch-timeout",               \
        "fetch-connect-timeout", "fetch-slow", "fetch-delay"

/* The policy that the configuration asks for; its strings live as long as that. */
enum rc web_policy(const struct cli *cli, struct fetch_policy *out, struct err *e);

enum rc web_open(const struct cli *cli, struct web **out, struct err *e);
void web_close(struct web *web); /* NULL is fine */
bool web_is_address(const char *operand);

/* As fetch_run; RC_OK is 200 alone, any other status is told in words. reply is to be given back in either case. */
enum rc web_get(struct web *web, const struct fetch_request *request, struct fetch_reply *reply,
                struct err *e);
/* The same as a robot. */
enum rc web_get_politely(struct web *web, const struct fetch_request *request,
                         struct fetch_reply *reply, struct err *e);
/* robots.txt of the host of `url`; NULL: there is none that could be read. */
struct robots;
const struct robots *web_robots(struct web *web, struct slice url, struct err *e);

/* What came back is told by its bytes where they tell, as servers seldom know: hints->content_type, ->charset. */
void web_type(const struct fetch_reply *reply, struct ingest_hints *hints);

#endif
