/*
 * trust.h - the CAs that a server's certificate may go back to: files of control/tlscafile and control/tlspolicy
 *
 * All are in memory before the first connection, so that a process of one connection needs no file.
 */

#ifndef TLS_TRUST_H
#define TLS_TRUST_H

#include <openssl/x509.h>

#include "lib/priv/priv.h"

#define TRUST_FILES_MAX 128
#define TRUST_PATH_MAX 1023     /* bytes of control/tlscafile */

/* Reads the settings and loads the files anew; one that cannot be loaded is told to the log. 0; -1 when a setting
   cannot be read: then all stay. */
extern int trust_read(void);

/* Once: what has to be readable for that. Fills paths, of TRUST_FILES_MAX; how many. The strings stay here. */
extern size_t trust_paths(struct priv_path *paths);

/* 1 when files are named now that were not when trust_paths was asked, or are others: this process cannot read them. */
extern int trust_beyond(void);

/* The CAs of a file that control/tlspolicy names, or of control/tlscafile for ""; null: it is not there or could not be
   loaded. */
extern X509_STORE *trust_find(char const *path);

#endif
