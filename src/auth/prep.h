/*
 * prep.h - logins and passwords as they are compared (RFC 4616 2, RFC 5802 5.1 ask for SASLprep, RFC 4013)
 *
 * What is done of it: bytes that are no UTF-8 and control characters are refused. ASCII stays as it is, and so does all
 * else: no characters are mapped to others or to nothing, there is no normalization (KC), and neither unassigned
 * characters nor those of two directions are refused. So a password beyond ASCII is the right one when it comes in the
 * form in which it was given to mail-newpw.
 */

#ifndef AUTH_PREP_H
#define AUTH_PREP_H

/* Is it a login: at most AUTH_LOGIN_MAX bytes, not empty, no blank, colon or *. 1 or 0. */
extern int prep_login_ok(char const *);

/* Is it a password: at most PASSWORD_MAX bytes, not empty. 1 or 0. */
#define PASSWORD_MAX 511        /* all that crypt(3) takes (CRYPT_MAX_PASSPHRASE_SIZE) */
extern int prep_password_ok(char const *);

/* Letters of ASCII in lower case: logins are the same whatever their case. In place. */
extern void prep_fold(char *);

#endif
