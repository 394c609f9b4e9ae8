/* smtpauth.h - a line of control/smtpauth, behind its key: "LOGIN:FILE", or nothing for mail without a login */

#ifndef LIB_CONF_SMTPAUTH_H
#define LIB_CONF_SMTPAUTH_H

#include "lib/conf/conf.h"

#define SMTPAUTH_LOGIN_MAX 255
#define SMTPAUTH_PASSWORD_MAX 255
#define SMTPAUTH_FOLDER "passwords"     /* below the home: where files are whose path is not absolute */

/* Takes it apart: 1 with the login, and where in the line the file's name is; 0 when it is empty; -1 when it is none of
   that. */
extern int smtpauth_read(char const *line, char login[SMTPAUTH_LOGIN_MAX + 1], char const **file);

/* Is it one, or empty? */
extern int smtpauth_ok(char const *line);

/* The path of such a file. */
extern char const *smtpauth_path(char path[CONF_PATH_MAX], char const *file);

#endif
