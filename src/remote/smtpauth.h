/*
 * smtpauth.h - control/smtpauth: logins at the hosts that control/ names (smtproutes, transports), never at others
 *
 *      example.org:login:file          for mail to this domain; keys as in control/smtproutes
 *      user@example.org:login:file     for mail from this sender
 *      @example.org:login:file         for mail from this domain's senders
 *      :login:file                     for all other mail
 *      internal.example:               without a login
 *
 * The line of the recipients' domain counts before those of senders, and the one for all comes last. Passwords are read
 * before the process locks itself in, those alone that mail to its domain can need: with a line of its own that one;
 * else, since any sender may come, all but those of other domains. All of these are for the host that it talks to.
 */

#ifndef REMOTE_SMTPAUTH_H
#define REMOTE_SMTPAUTH_H

#include "lib/conf/smtpauth.h"

struct login {
  char name[SMTPAUTH_LOGIN_MAX + 1];
  char password[SMTPAUTH_PASSWORD_MAX + 1];     /* "": it cannot be read, and the log has why */
  long long barred;             /* not to be tried until then (io_clock): its host has refused it */
};

/* Reads the file, and if named, which says that control/ names a host for mail to that domain, the passwords. 0, or -1
   with errno. */
extern int smtpauth_start(char const *domain, int named);

/* The login for mail to that domain from a sender ("": a bounce's), or null. */
extern struct login *smtpauth_find(char const *sender);

#endif
