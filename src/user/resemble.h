/* resemble.h - the setting that somebody may have meant */

#ifndef USER_RESEMBLE_H
#define USER_RESEMBLE_H

/* The setting's name that is most like this one, or null when none is near: at most two letters differ, are missing
   or are too many. */
extern char const *resemble(char const *name);

#endif
