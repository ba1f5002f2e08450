#include "cli/progress.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"

#define TERMINAL_MS 200
#define LINE_MS     1000
#define BAR_MOST    40
#define BAR_LEAST   10

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value && value[0];
}

void progress_start(struct progress *p, const char *unit, bool quiet)
{
    const char *term = getenv("TERM");
    bool able = term && strcmp(term, "dumb") != 0;
    *p = (struct progress){.out = stderr,
                           .quiet = quiet,
                           .terminal = able && isatty(STDERR_FILENO),
                           .colour = able && !is_set("NO_COLOR"),
                           .unit = unit,
                           .started_ms = clock_steady_ms()};
    p->shown_ms = p->started_ms;
}

bool progress_due(const struct progress *p)
{
    return !p->quiet && clock_steady_ms() - p->shown_ms >= (p->terminal ? TERMINAL_MS : LINE_MS);
}

static int columns_of(const struct progress *p)
{
    struct winsize size = {0};
    if (ioctl(fileno(p->out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
    const char *columns = getenv("COLUMNS");
    long value = columns ? strtol(columns, NULL, 10) : 0;
    return value > 0 && value < 10000 ? (int)value : 80;
}

/* Half of what was, half of what is: steady enough to read, quick enough to be true. */
static double follow(double before, uint64_t amount, int64_t elapsed_ms)
{
    double now = (double)amount * 1000 / (double)(elapsed_ms > 0 ? elapsed_ms : 1);
    return before > 0 ? before * 0.8 + now * 0.2 : now;
}

static void measure(struct progress *p, const struct progress_state *state)
{
    int64_t now_ms = clock_steady_ms();
    p->speed = follow(p->speed, state->done - p->last_done, now_ms - p->shown_ms);
    p->count_speed = follow(p->count_speed, state->count - p->last_count, now_ms - p->shown_ms);
    p->last_done = state->done;
    p->last_count = state->count;
    p->shown_ms = now_ms;
}

static void print_span(char *out, size_t size, double seconds)
{
    long s = (long)(seconds + 0.5);
    if (s >= 3600) {
        snprintf(out, size, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    } else {
        snprintf(out, size, "%ld:%02ld", s / 60, s % 60);
    }
}

static double fraction_of(const struct progress_state *state)
{
    double fraction = state->total ? (double)state->done / (double)state->total : 0;
    return fraction > 1 ? 1 : fraction;
}

/* "1234 documents, 3 refused, 512/s, 1:05 to go" */
static void print_facts(const struct progress *p, const struct progress_state *state, char *out,
                        size_t size)
{
    size_t len = (size_t)snprintf(out, size, "%llu %s%s, %.0f/s", (unsigned long long)state->count,
                                  p->unit, state->detail ? state->detail : "", p->count_speed);
    if (state->total > state->done && p->speed > 0 && len < size) {
        char span[32];
        print_span(span, sizeof span, (double)(state->total - state->done) / p->speed);
        snprintf(out + len, size - len, ", %s to go", span);
    }
}

void progress_text(const struct progress *p, const struct progress_state *state, int columns,
                   char *out, size_t size)
{
    char facts[256], bar[BAR_MOST + 1];
    print_facts(p, state, facts, sizeof facts);
    int room = columns - (int)strlen(facts) - 9; /* "[] 100%  " */
    int width = room < BAR_MOST ? room : BAR_MOST;
    if (state->total == 0) {
        snprintf(out, size, "%s", facts);
    } else if (width < BAR_LEAST || !p->terminal) {
        snprintf(out, size, "%3.0f%%  %s", fraction_of(state) * 100, facts);
    } else {
        int full = (int)(fraction_of(state) * width);
        memset(bar, '-', (size_t)width);
        memset(bar, '#', (size_t)full);
        bar[width] = '\0';
        snprintf(out, size, "[%s] %3.0f%%  %s", bar, fraction_of(state) * 100, facts);
    }
    if (columns > 0 && strlen(out) > (size_t)columns) {
        out[columns] = '\0';
    }
}

void progress_show(struct progress *p, const struct progress_state *state)
{
    char text[512];
    if (!progress_due(p)) {
        return;
    }
    measure(p, state);
    if (p->terminal) {
        /* One column stays free: a full line would wrap. */
        progress_text(p, state, columns_of(p) - 1, text, sizeof text);
        fprintf(p->out, "\r\033[K%s%s%s", p->colour ? "\033[36m" : "", text,
                p->colour ? "\033[0m" : "");
        p->on_screen = true;
    } else {
        progress_text(p, state, (int)sizeof text - 1, text, sizeof text);
        fprintf(p->out, "guillemet: %s\n", text);
    }
    fflush(p->out);
}

void progress_clear(struct progress *p)
{
    if (p->on_screen) {
        fputs("\r\033[K", p->out);
        p->on_screen = false;
    }
}
