/*
 * extensions.h - what EHLO offers, and what of it is kept back: control/ehlohide, EHLOHIDE
 *
 * A gateway must not take what the host behind it cannot. What is not offered is refused when it is used: its
 * parameters of MAIL and RCPT are unknown, BDAT is no command, and without PIPELINING each reply must be waited for.
 */

#ifndef IN_EXTENSIONS_H
#define IN_EXTENSIONS_H

#include "lib/smtp/keyword.h"

/* Reads the setting, or the variable, which goes before it. 0, or -1 with errno (a word that is none is in the log). */
extern int extensions_start(void);

/* 1 when it (EXT_) is not offered: it is kept back, or a program in the queue's place could do nothing with it. */
extern int extension_hidden(unsigned int extension);

#endif
