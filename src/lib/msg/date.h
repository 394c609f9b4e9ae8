/* date.h - dates as RFC 5322 section 3.3 writes them, always in UTC */

#ifndef LIB_MSG_DATE_H
#define LIB_MSG_DATE_H

#include <stddef.h>
#include <stdint.h>

#define DATE_MAX 40     /* "20 Nov 2026 23:16:20 -0000" and any year */

/* The date for seconds since 1970, NUL-terminated; its length. -0000 says that it tells no local zone. */
extern size_t date_format(char s[DATE_MAX], int64_t seconds);

#endif
