/*
 * talk.h - the exchange with one client, by way of mail-smtpd: lines of base64, and an end
 *
 * What is not as it should be ends the process from here: the client is told, and the log.
 */

#ifndef AUTH_TALK_H
#define AUTH_TALK_H

#include <stddef.h>

#include "door/auth.h"

#define TALK_MAX (AUTH_LINE_MAX / 4 * 3)        /* bytes of a message */

/* The client's side; seconds that it may take for a line. Takes the start, which is good until the end. */
extern struct auth_start const *talk_start(int client, unsigned int idle);

/* The client's first message: the initial response, or else its answer to the empty challenge. */
extern size_t talk_first(unsigned char message[TALK_MAX + 1]);

/* Its answer to a challenge. Both: the bytes; a NUL stands behind them. */
extern size_t talk_ask(unsigned char const *challenge, size_t len, unsigned char message[TALK_MAX + 1]);

/* For log lines: who logs in, from now on. */
extern void talk_login(char const *login);

/* Ends without success, the process too. The log has a line with the reason: "auth failed" for AUTH_NO, else "auth
   delayed". */
extern _Noreturn void talk_end(enum auth_status, char const *reply, char const *reason);

/* The same for what is no message of its mechanism. */
extern _Noreturn void talk_malformed(char const *reason);

/* The end with success. */
extern void talk_welcome(char const *login, char const *senders);

/* Afterwards: waits for the next message to be counted; its recipients, or the process ends with the session. */
extern unsigned int talk_count(void);
extern void talk_counted(enum auth_status, char const *reply);

#endif
