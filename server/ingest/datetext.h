/* Dates as pages and feeds write them: ISO 8601, RFC 822 and prose in the packs' languages.
 *
 * Shape:  "Tue, 03 Feb 2026 14:05:09 +0100", "Publié le 3 février 2026 à 14h05", "February 3, 2026 2:05 PM EST",
 *         "03/02/2026", "2026.02.03": the first date in the text counts. Month names and the order of
 *         day and month in figures come from the packs.
 * Units:  a clock time without a zone is taken as UTC, as everywhere.
 * Errors: false when there is none, or its year isn't within DATETEXT_YEAR_LEAST…MOST: what lies outside is a
 *         machine's mistake, not news.
 * Memory: the arena has an escape set; nothing is kept.
 */
#ifndef GUILLEMET_INGEST_DATETEXT_H
#define GUILLEMET_INGEST_DATETEXT_H

#include "ingest/formulas.h"
#include "model/document.h"

#define DATETEXT_YEAR_LEAST 1700
#define DATETEXT_YEAR_MOST  2100

bool datetext_read(struct slice text, const struct formula_packs *packs, struct arena *arena,
                   struct moment *out);
/* The date that follows one of the packs' phrases for it (table date_marks): "published" or "modified". */
bool datetext_marked(struct slice line, const struct formula_packs *packs, struct arena *arena,
                     const char *what, struct moment *out);
/* "/2026/02/03/" in the path of an address. */
bool datetext_of_url(struct slice url, struct moment *out);

#endif
