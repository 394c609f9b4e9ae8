/* status.h - what comes of a question to the name servers, for all of lib/dns */

#ifndef LIB_DNS_STATUS_H
#define LIB_DNS_STATUS_H

#define DNS_NAME_MAX 253        /* bytes of a name as text */

enum dns_status {
  DNS_FOUND,
  DNS_NOTHING,  /* the name exists, but has no such record */
  DNS_NO_NAME,  /* the name does not exist, or is not a host name at all */
  DNS_LATER     /* could not find out: temporary */
};

#endif
