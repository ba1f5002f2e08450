#include "analyse/names.h"

void names_spread(struct naming *n)
{
    (void)n;
}
