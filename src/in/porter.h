/*
 * porter.h - a server that takes the connections itself (mail-smtpd -l): lets them in, or not, and gives them away
 *
 * It is not locked in, so it reads no byte from a client: it starts dispatchers (dispatchers.h), which are, and for
 * clients whose rule names a program, or what else only the environment can say, the server as tcpserver would.
 */

#ifndef IN_PORTER_H
#define IN_PORTER_H

#include "in/server.h"

/* The program's life, with the name of its rules in control/. */
extern _Noreturn void porter(struct server const *, char const *rules);

#endif
