/* exchange.h - a process of mail-tlsd -c that computes SCRAM for one login (door/scram.h) */

#ifndef TLS_EXCHANGE_H
#define TLS_EXCHANGE_H

#include "door/scram.h"

/* Serves the login that sock's first record began, and ends the process. It is locked in. */
extern _Noreturn void exchange_live(int sock, struct scram_request const *);

#endif
