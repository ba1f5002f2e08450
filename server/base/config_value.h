/* Reads the text of one configured value by the kind of its option; shared by config*.c only. */
#ifndef GUILLEMET_BASE_CONFIG_VALUE_H
#define GUILLEMET_BASE_CONFIG_VALUE_H

#include "base/config.h"

/* The number that the text stands for (bools 0 and 1, choices their place, texts 0). RC_INVALID with a message
 * that says what would be right. */
enum rc config_value_parse(const struct config_option *option, const char *text, int64_t *number,
                           struct err *e);

#endif
