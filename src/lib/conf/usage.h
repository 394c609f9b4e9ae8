/* usage.h - what programs for people answer to --help and --version */

#ifndef LIB_CONF_USAGE_H
#define LIB_CONF_USAGE_H

/* Where one of these is the only argument: writes the answer to fd 1 and exits, 0 or 111 when that cannot be written.
   Else it returns. The usage, as it is for wrong calls, too: "usage: NAME ...", NAME being that of the page. Never for
   a program whose fd 1 may be the network: the version is for the administrator alone. */
extern void usage_asked(int argc, char **argv, char const *usage);

/* The same, for a program that takes no arguments: any other ends it, with 100. */
extern void usage_alone(int argc, char **argv, char const *usage);

#endif
