/*
 * task.h - what mail-lspawn has a mail-local do: records of the socket between them
 *
 * The first one says whom to become; it lies there before mail-local begins, has a fixed length, and is all that
 * mail-local looks at as root. Then come tasks, one at a time, each with the message's descriptor; the answer is a
 * byte, or mail-local's end with one of its exit codes. mail-local believes mail-lspawn; that takes the byte and the
 * end for what they are, whoever has become of mail-local: the user can only lie about the user's own mail.
 */

#ifndef LOCAL_TASK_H
#define LOCAL_TASK_H

#include <stddef.h>
#include <sys/types.h>

#include "door/limits.h"

#define TASK_FD 3               /* mail-local's end */
#define TASK_SENDER_MAX (2 * ADDRESS_MAX + 1)     /* it may name the recipient: mail-local says when it is too long */
#define TASK_VARIABLES_MAX 27   /* one for each letter of a parameter (door/param.h), and the message's ID */
#define TASK_VARIABLE_MAX (64 + ADDRESS_MAX)

/* The strings are the caller's, or lie in the buffer of task_receive until that is called again. */
struct task {
  char const *user, *home, *local, *dash, *ext, *domain, *sender;
  char const *standard;         /* the default delivery */
  size_t n;
  char *variables[TASK_VARIABLES_MAX];  /* "NAME=value", for the environment */
};

/* Both: 0, or -1 with errno; to take it does not wait. */
extern int task_send_user(int sock, uid_t, gid_t);
extern int task_take_user(int sock, uid_t *, gid_t *);

/* 0, or -1 with errno: it is not there any more, or does not read. */
extern int task_send(int sock, struct task const *, int message);
/* Waits for the next one, with its message: 1; 0 there will be none; -1 it is no task. */
extern int task_receive(int sock, struct task *, int *message);

/* It is done, and the next one may come: 0, or -1. */
extern int task_say_done(int sock);
/* 1 when that has come; 0 not yet; -1 the other side has ended, or is about to. */
extern int task_is_done(int sock);

#endif
