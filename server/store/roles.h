/* What an entity has to do with a quote: bits of quote_entities.roles, values of quote_people.role. */
#ifndef GUILLEMET_STORE_ROLES_H
#define GUILLEMET_STORE_ROLES_H

enum role {
    ROLE_SPEAKS = 1,
    ROLE_ABOUT = 2,
    ROLE_REPORTS = 4,
    ROLE_ADDRESSED = 8,
    ROLE_AFFILIATION = 16
};

#endif
