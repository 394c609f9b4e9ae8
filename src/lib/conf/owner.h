/* owner.h - why a file of the queue may not be read: it belongs to another number than this instance's users have */

#ifndef LIB_CONF_OWNER_H
#define LIB_CONF_OWNER_H

/* For a message about a path below queue/, relative to it ("mess/HH/ID"), after an error: "" unless errno says that the
   caller may not and the file, or a directory above it, has the wrong owner; then " (PART belongs to ..., not to ...:
   what to do)". In the queue's directory. errno stays; the string lives until the next call. */
extern char const *owner_hint(char const *path);

#endif
