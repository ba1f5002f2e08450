/* Keeping a reply within the transaction of its write. Internal to store/. */
#ifndef GUILLEMET_STORE_REPLAY_WRITE_H
#define GUILLEMET_STORE_REPLAY_WRITE_H

#include "store/replays.h"
#include "store/writer.h"

/* Bodies from here on count towards STORE_REPLAY_BYTES_MOST; the index replays_large says so too. */
#define STORE_REPLAY_SMALL 4096

void replay_write(struct writer *w, const struct store_replay *replay);

#endif
