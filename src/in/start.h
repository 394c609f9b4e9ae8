/* start.h - how every server of this room begins: settings first, then the lock, then the client's first byte */

#ifndef IN_START_H
#define IN_START_H

#include "in/server.h"

/* What a program does once, whoever its clients are. It becomes maild, if it is root: 0, or -1 with errno. */
extern int start_as_maild(void);

/* And it reads the settings and what of them the environment replaces: null, or the name of what cannot be used (errno
   tells why). Start with rules all zero. */
extern char const *start_settings(struct server const *, struct rules *);

/* The connection on 0 and 1, under tcpserver, inetd or systemd: descriptors, settings, peer, of the helpers (starter.h,
   resolver.h) those that this session can need, limits and lock, a front end's word, the session. What fails before
   that is told to the client with the words unavailable, and logged; then the program exits with 111. */
extern _Noreturn void start(struct server const *);

#endif
