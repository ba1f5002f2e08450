/* How far a long command has come: a bar on a terminal, a line a second elsewhere, on stderr.
 *
 * Shape:   progress_start once; progress_show as often as one likes, it prints when it is time; progress_end
 *          before anything else is written to the terminal for good. Between two shows progress_clear makes
 *          room for a message.
 * Units:   `done` of `total` are what the bar measures (bytes read, pages copied); `count` is what a person
 *          counts (documents), and what the rate is of.
 * Threads: one, that of the command.
 */
#ifndef GUILLEMET_CLI_PROGRESS_H
#define GUILLEMET_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
    FILE *out;
    bool quiet, terminal, colour;
    const char *unit; /* "documents" */
    int64_t started_ms, shown_ms;
    bool on_screen;                 /* a bar stands on the line */
    double speed;                   /* of `done`, a second, newest first; 0: unknown */
    double count_speed;             /* of `count` */
    uint64_t last_done, last_count; /* at shown_ms */
};

struct progress_state {
    uint64_t done, total; /* total 0: unknown, then there is no bar and no time to go */
    uint64_t count;
    const char *detail; /* ", 3 refused" or "" */
};

void progress_start(struct progress *p, const char *unit, bool quiet);
/* True when progress_show would print: what is dear to find out needs asking for then alone. */
bool progress_due(const struct progress *p);
void progress_show(struct progress *p, const struct progress_state *state);
void progress_clear(struct progress *p);

/* The text of one report, at most `columns` wide; without control characters. For tests. */
void progress_text(const struct progress *p, const struct progress_state *state, int columns,
                   char *out, size_t size);

#endif
