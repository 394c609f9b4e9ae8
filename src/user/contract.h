/*
 * contract.h - the caller's side of qmail-queue's contract: message on fd 0, envelope on fd 1, exit codes, silence
 *
 * What mail-queue and mail-qmqpc have in common. Every trouble ends the process with its code (door/submit.h).
 */

#ifndef USER_CONTRACT_H
#define USER_CONTRACT_H

#include <stddef.h>

struct contract_envelope {
  char *s;                      /* F sender NUL, T recipient NUL ...: without the NUL at the end of all */
  size_t len;
};

extern _Noreturn void contract_end(int code);

/* Call it first: dies without both descriptors, and some time after it, whatever is under way then. */
extern void contract_start(void);

/* A piece of the message: how many bytes, 0 at its end. */
extern size_t contract_message(char *, size_t size);

/* Reads the whole envelope. */
extern void contract_envelope(struct contract_envelope *);

#endif
