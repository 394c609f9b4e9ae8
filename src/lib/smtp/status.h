/* status.h - enhanced status codes, "5.1.1" (RFC 3463 section 2) */

#ifndef LIB_SMTP_STATUS_H
#define LIB_SMTP_STATUS_H

#include <stddef.h>

/* The length of the code of that class ('2', '4', '5') that a line starts with, or 0. */
extern size_t status_length(char const *s, char class);

#endif
