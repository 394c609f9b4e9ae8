/* login.h - values of settings of logins: mechanisms, who knows the passwords, senders */

#ifndef LIB_CONF_LOGIN_H
#define LIB_CONF_LOGIN_H

#include <stddef.h>

/* the best first, as EHLO names them */
enum mechanism { MECHANISM_SCRAM_PLUS, MECHANISM_SCRAM, MECHANISM_PLAIN, MECHANISM_LOGIN, MECHANISMS };

/* The one of that name (RFC 4422 3.1), in whatever case; MECHANISMS when it is none of them. */
extern enum mechanism login_mechanism(char const *name);

/* Bits 1 << MECHANISM_ of words with blanks or commas between them; others are passed over. */
extern unsigned int login_bits(char const *words, size_t len);

/* control/ehloignore, behind the domain: keywords of EHLO's answer and mechanisms of AUTH with commas between them. 1
   or 0. */
extern int login_ignore_ok(char const *);

/* Those of the set, each with a blank in front, as they stand behind EHLO's AUTH: " PLAIN LOGIN". Those with channel
   binding only where the connection has a name for it. "" when there is none. */
#define LOGIN_WORDS_MAX 64
extern void login_words(char words[LOGIN_WORDS_MAX], unsigned int set, int binding);

#define BACKEND_WORDS_MAX 16    /* of a program's line */
#define BACKEND_LINE_MAX 1024   /* bytes of it */

enum backend { BACKEND_FILE, BACKEND_CHECKPASSWORD, BACKEND_DOVECOT, BACKEND_BAD };

/* control/authbackend: "file", "checkpassword /PATH WORD..." or "dovecot /SOCKET". *rest: the path and what is behind
   it. */
extern enum backend login_backend(char const *, char const **rest);

/* control/loginsenders, behind the login: "*", "@domain", "user@domain" or "user-*@domain"; several with commas. 1 or
   0. */
extern int login_senders_ok(char const *);

#endif
