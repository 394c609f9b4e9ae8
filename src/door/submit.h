/*
 * submit.h - the door to mail-queued: messages over the Unix stream socket run/queue
 *
 * Who fears whom: mail-queued fears every caller; it knows them by SO_PEERCRED alone. A caller fears
 * only that mail-queued is away. The caller sends one byte, the version; then for each message
 *
 *      'M'  u8 length of an ID, the ID (empty but for mail-bounce)
 *      chunks: u32 length, that many bytes of the message (LF line ends); a chunk of length 0 ends it
 *      u32 length, the envelope's records (door/envelope.h: F, T, parameters; each ends with NUL)
 *
 * and gets: u8 qmail-queue's exit code (0: queued, durable), u8 length, a text (0: the ID; else why, with an
 * RFC 3463 code first). SUBMIT_ABORT as the length of a chunk drops the message without an answer. Either
 * side may close between messages; a close in the middle drops that message. mail-queued may answer with a
 * refusal, and close, before it has seen all or anything of a message: a caller that can write no more looks for that.
 */

#ifndef DOOR_SUBMIT_H
#define DOOR_SUBMIT_H

#include <stddef.h>
#include <stdint.h>

#define SUBMIT_VERSION 1
#define SUBMIT_ABORT 0xffffffffU
#define SUBMIT_CHUNK_MAX 65536  /* bytes of one chunk */
#define SUBMIT_TEXT_MAX 255

/* qmail-queue's exit codes that this suite uses */
#define SUBMIT_OK 0
#define SUBMIT_LONG 11          /* an address or the envelope is too long */
#define SUBMIT_REFUSED 31       /* the message may never come in: CR or NUL in it, an ID not allowed */
#define SUBMIT_MEMORY 51
#define SUBMIT_TIMEOUT 52
#define SUBMIT_WRITE 53         /* disk full, or an error of the disk */
#define SUBMIT_READ 54          /* the caller's side ended early */
#define SUBMIT_CONFIG 55
#define SUBMIT_NOHOME 61
#define SUBMIT_QUEUE 62         /* something is wrong with the queue's directories */
#define SUBMIT_BUSY 71          /* too many connections, or the reserve of the disk is reached */
#define SUBMIT_SLOW 72          /* a server of another host did not answer in time */
#define SUBMIT_AWAY 73          /* nobody at the socket */
#define SUBMIT_BROKEN 74        /* mail-queued went away in the middle */
#define SUBMIT_BUG 81
#define SUBMIT_FORMAT 91        /* the envelope is not one */

struct submit {
  int fd;               /* -1: not connected */
  int code;             /* first error of this message, or 0 */
  size_t used;          /* of buf: what was not sent yet, so that a small message is one write */
  size_t chunk;         /* where in buf the length of the chunk under way stands */
  int open;             /* a chunk is under way */
  unsigned int idle;    /* seconds that what was sent may stay unread before the answer is given up */
  int sent;             /* something went over this connection */
  unsigned int seconds; /* to connect once more, when it was closed before anything was sent; 0: not by this side */
  char text[SUBMIT_TEXT_MAX + 1];       /* after submit_end: the ID, or why not; NUL-terminated */
  char buf[SUBMIT_CHUNK_MAX];           /* the last: its pages are not touched before there is a message */
};

/* Connects to run/queue of this instance, waiting up to seconds for somebody to listen; every later wait is
   bounded as well: a minute for each piece to be taken, five for the answer after that. 0, or SUBMIT_AWAY. The
   struct is large: keep it static. Nothing is sent before there is a lot of it, or its end: a caller that waits for its
   own client costs mail-queued no process. */
extern int submit_open(struct submit *, unsigned int seconds);
/* The same over a descriptor that is connected already. */
extern int submit_start(struct submit *, int fd);
/* The same over one that messages went over before, or none (-1). */
extern void submit_resume(struct submit *, int fd);
extern void submit_close(struct submit *);

/* One message. id is "" but for mail-bounce. Errors are kept until submit_end. */
extern void submit_begin(struct submit *, char const *id);
extern void submit_data(struct submit *, char const *, size_t len);
/* Ends it with its envelope records; returns the code (0: queued) and sets text. After a code other than 0
   that came from this side (the connection is broken) fd is -1. */
extern int submit_end(struct submit *, char const *records, size_t len);
/* Drops the message begun; the connection stays usable. */
extern void submit_abort(struct submit *);

/* 1 when trying again later makes no sense: codes 11 to 40 and 115. */
extern int submit_permanent(int code);

#endif
