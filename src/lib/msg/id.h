/*
 * id.h - queue IDs
 *
 * 26 lower-case hexadecimal digits: microseconds since 1970 (14), process (6), random (6). It sorts by
 * arrival, is never used again, and is safe as a file name. A bounce is named after its parent: "-" and
 * a number from 1 to 9999; a double bounce has two such ends. The hashed directory (HH) is digits 7 and 8,
 * so it changes every 16.8 seconds: messages of one moment share a directory and its sync.
 */

#ifndef LIB_MSG_ID_H
#define LIB_MSG_ID_H

#include <stdint.h>

#define ID_MAX 36               /* 26 + 2 * 5 */
#define ID_PATH_MAX 64          /* directory name + "/HH/" + ID + NUL, for the four directories of the queue */

/* A new ID, NUL-terminated. 0, or -1 with errno when there is no randomness. */
extern int id_new(char id[ID_MAX + 1]);

/* 1 when s is an ID, of any kind. */
extern int id_ok(char const *s);

/* Is it a bounce's, and of which depth: 0, 1, 2. */
extern unsigned int id_depth(char const *id);

/* The ID of bounce number n (1 to 9999) of a message. 0, or -1 (EINVAL) when there can be none. */
extern int id_bounce(char bounce[ID_MAX + 1], char const *parent, unsigned int n);

/* Seconds, microseconds since 1970 of the (first ancestor's) arrival. */
extern int64_t id_time(char const *id);
extern int64_t id_micro(char const *id);

/* The hashed directory of an ID: HH as a number below ID_HASHES. */
#define ID_HASHES 256
extern unsigned int id_hash(char const *id);
/* That of the IDs that are made at a time: microseconds since 1970. */
extern unsigned int id_hash_at(int64_t micro);

/* "DIR/HH". */
extern void id_dir(char path[ID_PATH_MAX], char const *dir, unsigned int hash);

/* "DIR/HH/ID", for dir one of the queue's "mess", "todo", "state", "bounce"; relative to queue/. */
extern void id_path(char path[ID_PATH_MAX], char const *dir, char const *id);

#endif
