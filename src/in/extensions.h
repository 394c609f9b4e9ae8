/*
 * extensions.h - what EHLO offers, and what of it is kept back: control/ehlohide, EHLOHIDE
 *
 * A gateway must not take what the host behind it cannot. What is not offered is refused when it is used: its
 * parameters of MAIL and RCPT are unknown, BDAT is no command, and without PIPELINING each reply must be waited for.
 */

#ifndef IN_EXTENSIONS_H
#define IN_EXTENSIONS_H

#define EXTENSION_PIPELINING 1U         /* RFC 2920 */
#define EXTENSION_8BITMIME 2U           /* RFC 6152 */
#define EXTENSION_CHUNKING 4U           /* RFC 3030 */
#define EXTENSION_DSN 8U                /* RFC 3461 */
#define EXTENSION_SMTPUTF8 16U          /* RFC 6531 */
#define EXTENSION_SIZE 32U              /* RFC 1870 */
#define EXTENSION_LIMITS 64U            /* RFC 9422 */
#define EXTENSION_STATUS 128U           /* RFC 2034: replies have their codes all the same */

/* Reads the setting, or the variable, which goes before it. 0, or -1 with errno (a word that is none is in the log). */
extern int extensions_start(void);

/* 1 when it is not offered: it is kept back, or a program in the queue's place could do nothing with it. */
extern int extension_hidden(unsigned int extension);

#endif
