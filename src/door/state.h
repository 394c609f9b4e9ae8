/*
 * state.h - the door between mail-send, which writes state/HH/ID, and mail-qread, which shows it
 *
 * What is done of a message, and when it is tried again. Who fears whom: both fear a file that a crash left torn.
 * Hides the format (mail-state(5)): a head of fixed length with a checksum over it and the ID, then one byte a
 * recipient, overwritten in place. A torn file shows by its head or its length: then nothing counts as done,
 * which repeats deliveries but loses none. Any byte that is no mark means "to do". All in the queue's directory.
 */

#ifndef DOOR_STATE_H
#define DOOR_STATE_H

#include <stdint.h>

#define MARK_OPEN ' '
#define MARK_DONE 'K'
#define MARK_FAILED 'D'         /* its text is in bounce/HH/ID; the sender was not told yet */
#define MARK_TOLD 'B'           /* failed; the bounce is queued, or the sender asked for none */
#define MARK_REPORT 'S'         /* done; the sender, who asked for it, was not told yet. Told: MARK_DONE */
#define MARK_LATE 'Y'           /* to do, as MARK_OPEN; the sender, who asked for it, was not told of the delay yet */
#define MARK_WARNED 'W'         /* to do, as MARK_OPEN; the sender was told of the delay */

#define mark_todo(m) ((m) == MARK_OPEN || (m) == MARK_LATE || (m) == MARK_WARNED)
/* Is there something to tell the sender? */
#define mark_owed(m) ((m) == MARK_FAILED || (m) == MARK_REPORT || (m) == MARK_LATE)

#define STATE_HELD 99999999999LL /* next: an operator holds it; the largest that the head has digits for */

struct state {
  uint32_t tries;
  int64_t next;                 /* wall clock: when to try again */
  int64_t last;                 /* wall clock: when this was written */
  uint32_t ran;                 /* seconds that mail-send watched over it */
  uint32_t bounces;             /* the highest bounce number given */
  int whole;                    /* the file is there and sound: only what has changed needs writing */
  int named;                    /* its directory entry is durable */
};

enum state_answer { STATE_NONE, STATE_READ, STATE_TORN, STATE_STRANGE, STATE_ERROR };

/* Fills the struct and n marks. NONE and TORN: as if nothing was done. STRANGE: of a version not known here. ERROR:
   errno. */
extern enum state_answer state_read(char const *id, struct state *, char *marks, uint32_t n);
/* The same without marks, whatever their number. */
extern enum state_answer state_peek(char const *id, struct state *);

/* Writes the head and the marks from..to-1 (all when the file is not whole) and makes the bytes durable; its
   directory is the caller's. 0, or -1 with errno: then the next call writes all again. */
extern int state_write(char const *id, struct state *, char const *marks, uint32_t n, uint32_t from, uint32_t to);

extern void state_remove(char const *id);

#endif
