/*
 * family.h - control/ipversion: domains whose hosts are connected to by IPv4 or by IPv6 alone
 *
 *      example.org:4           mail to this domain goes to IPv4 addresses
 *      .example.org:6          to all below it: IPv6
 *      :4                      to all others
 *      example.net:            an exception: both
 */

#ifndef REMOTE_FAMILY_H
#define REMOTE_FAMILY_H

/* Reads the file. 0, or -1 with errno. */
extern int family_start(void);

/* May mail for a domain go to addresses of a family (AF_INET, AF_INET6)? */
extern int family_allows(char const *domain, int family);

#endif
