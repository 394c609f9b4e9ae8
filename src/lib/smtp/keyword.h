/* keyword.h - keywords of EHLO's answer that a setting may name */

#ifndef LIB_SMTP_KEYWORD_H
#define LIB_SMTP_KEYWORD_H

#include <stddef.h>

/* Is it one that mail-smtpd offers or mail-remote uses, in either case of letters? */
extern int keyword_known(char const *, size_t len);

#endif
