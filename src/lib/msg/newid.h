/* newid.h - Message-IDs (RFC 5322 3.6.4) for messages that come without one */

#ifndef LIB_MSG_NEWID_H
#define LIB_MSG_NEWID_H

#define NEWID_HOST_MAX 400      /* bytes of the host */
#define NEWID_MAX (NEWID_HOST_MAX + 40)

/* "<20261120231620.0123456789abcdef@HOST>", another one each time. 1; or 0 without time or randomness, or with a host
   that is too long. */
extern int newid(char id[NEWID_MAX], char const *host);

#endif
