/*
 * tlspolicy.h - a line of control/tlspolicy, behind its domain: mail-remote goes by it, mail-tlsd loads the CA files
 *
 *      none                                    in clear
 *      may                                     by TLS where that is to be had, else in clear
 *      encrypt                                 by TLS, with whoever it is
 *      secure[:NAME[,NAME...][:/CA/FILE]]      the same, with a certificate for one of the names
 *      fingerprint:HEX[,HEX...]                the same, with one that has a fingerprint (SHA-256)
 */

#ifndef LIB_CONF_TLSPOLICY_H
#define LIB_CONF_TLSPOLICY_H

#define TLSPOLICY_NAMES_MAX 1023
#define TLSPOLICY_CA_MAX 255
#define TLSPOLICY_HEX 64        /* digits of a fingerprint */

enum tlspolicy_level { TLSPOLICY_NONE, TLSPOLICY_MAY, TLSPOLICY_ENCRYPT, TLSPOLICY_SECURE, TLSPOLICY_FINGERPRINT };

struct tlspolicy {
  enum tlspolicy_level level;
  /* lower-case, with a blank between two: host names (".example.org": any one label below it) or fingerprints without
     colons; empty where SECURE names none */
  char names[TLSPOLICY_NAMES_MAX + 1];
  char ca[TLSPOLICY_CA_MAX + 1];        /* of SECURE: the path of a file, or "" */
};

/* Reads one. 1, or 0 when it is none of that. */
extern int tlspolicy_read(struct tlspolicy *, char const *);
extern int tlspolicy_ok(char const *);

#endif
