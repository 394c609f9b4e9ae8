/* foreign.h - the first words of other protocols, from clients that want no mail server, or want to abuse one */

#ifndef IN_FOREIGN_H
#define IN_FOREIGN_H

/* Is the line one of HTTP (whose bodies can carry whole dialogues), SIP or SSH, or the start of a TLS hello? */
extern int foreign_line(char const *);

#endif
