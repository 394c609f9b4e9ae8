/* address.h - envelope addresses as MAIL and RCPT write them (RFC 5321 section 4.1.2) */

#ifndef ADDRESS_H
#define ADDRESS_H

#include "door/limits.h"

#define ADDRESS_PATH_MAX (2 * ADDRESS_MAX + 300)        /* all of it quoted, with <>, envnoathost and NUL */

/* The domain of an address as the envelope has it, or null when it has none. */
extern char const *address_domain(char const *address);

/* Makes "<local@domain>": the local part quoted where it must be, fallback as the domain of an address without one.
   0; or a status when there is no such path: 5.1.3 control bytes, 5.6.7 bytes over 126, 5.1.2 the domain. */
extern char const *address_path(char path[ADDRESS_PATH_MAX], char const *address, char const *fallback);

#endif
