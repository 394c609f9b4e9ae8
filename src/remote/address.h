/*
 * address.h - envelope addresses: where they lead, and how MAIL and RCPT write them (RFC 5321 section 4.1.2)
 *
 * mail-send and reports keep the address as the sender gave it; control/envnoathost and control/percenthack say what
 * it means. mail-rspawn and mail-remote both ask here, so they agree on the domain.
 */

#ifndef REMOTE_ADDRESS_H
#define REMOTE_ADDRESS_H

#include "door/limits.h"

#define ADDRESS_FULL_MAX (2 * ADDRESS_MAX + 256)        /* with a domain added, or a recipient in a sender; with NUL */
#define ADDRESS_PATH_MAX (2 * ADDRESS_FULL_MAX + 8)     /* all of it quoted, in <> */

/* Reads the two files; again after a change. 0; or -1 with errno, and what was read before stays. */
extern int address_start(void);

/* The address that another one means. Returns its domain, inside of full, in ASCII (lib/addr/idna.h); null when there
   is none. */
extern char const *address_full(char full[ADDRESS_FULL_MAX], char const *address);

/* The sender as the host of that recipient is to see it: "" for those who are told nothing, with the recipient in it
   (lib/addr/verp.h), or as above. */
extern void address_sender(char full[ADDRESS_FULL_MAX], char const *sender, char const *recipient);

/* Makes "<local@domain>" of a full address, the local part quoted where it must be. 0; or a status when there is no
   such path: 5.1.3 control bytes, 5.6.7 neither ASCII nor UTF-8, 5.1.2 the domain. A path with bytes over 127
   is for hosts that offer SMTPUTF8. */
extern char const *address_path(char path[ADDRESS_PATH_MAX], char const *full);

#endif
