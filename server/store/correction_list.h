/* The SQL of lists of corrections, for the test of plans too. Internal to store/. */
#ifndef GUILLEMET_STORE_CORRECTION_LIST_H
#define GUILLEMET_STORE_CORRECTION_LIST_H

#include "store/corrections.h"
#include "store/list_sql.h"

void correction_list_from(const struct store_correction_query *query, struct list_sql *out);
void correction_list_sql(const struct store_correction_query *query, struct list_sql *out);

#endif
