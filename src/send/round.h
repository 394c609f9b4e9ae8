/*
 * round.h - what becomes of a message: the table of its phases and of what can happen in each
 *
 * A round takes every recipient that is not done once, of large messages part by part (part.h). Everybody who learns
 * something of a message tells it here as an event; this is the only file that decides what follows. Phases, and what a
 * crash of mail-send or of the machine leaves of a message in each; "queued" is always: with the marks in its state
 * file, which say who is done.
 *
 *      G gone      not known here                             nothing; traces of a message that was removed are swept
 *      W waiting   a number: new, due at a time, parked, or   queued; the round begins anew
 *                  between two parts
 *      R round     groups wait or are under way, or are to    queued; what is under way, and what has ended in the last
 *                                                             second, is delivered again
 *      S settling  marks and texts are being written, then,   queued, as far as they were written; as R
 *                  after the last part, failures are told
 *      B bouncing  a bounce waits or is under way             queued; the same bounce again, by its number: whoever has
 *                                                             it already says so
 *      L leaving   as settling, but then it is unloaded       as S
 *      M removing  all is done; mail-clean was asked, or is   queued until its envelope is gone: then nothing. Before,
 *                  to be. In memory while marks are on no     what ended in the last second is delivered again
 *                  disk, then a number
 *      K stuck     not understood: left alone                 queued; looked at again, and left alone again
 *      H held by an operator: no tries, and nothing is read   the same, by the journal (journal.h)
 *      X expire    by an operator: who is not done fails in   the same, by the journal
 *                  its turn, and the sender is told
 *      D drop      by an operator: removed in its turn,       the same, by the journal
 *                  nobody is told
 *
 * HOLD, RELEASE, RETRY, EXPIRE and DROP come from mail-desk (desk.h), once the journal has them.
 *
 * Loaded (message.h) are R, S, B, L, and M for a while. H, X and D are a wish that goes with the number: a message that
 * is loaded ends what is under way, begins nothing, and is that at once when it is unloaded; of failures before the
 * wish the sender is told, but not where it is D. What waits in a lot has its turn when the lot's destination has room.
 */

#ifndef SEND_ROUND_H
#define SEND_ROUND_H

#include "send/message.h"
#include "send/phase.h"

enum round_event {
  ROUND_TURN,                   /* it is in HAND: it may be loaded */
  ROUND_ENDED,                  /* a delivery has ended, or a group was taken back, or there is a wish: it goes on */
  ROUND_SETTLED,                /* its marks and texts are on disk */
  ROUND_BOUNCED,                /* the bounce is queued, or can never be */
  ROUND_PUT_OFF,                /* it could not be now */
  ROUND_REMOVED,                /* mail-clean has removed it */
  ROUND_KEPT,                   /* mail-clean could not */
  ROUND_LOOK,                   /* an administrator may have mended what was wrong with it */
  ROUND_HOLD, ROUND_RELEASE, ROUND_EXPIRE, ROUND_DROP,  /* an operator's wishes; the last one counts */
  ROUND_RETRY,                  /* the same, of what has no other: it is due now */
  ROUND_EVENTS
};

#define ROUND_LETTERS "GWRSBLMKHXD"     /* of the phases, in the order of enum phase */

/* What may follow, by letter; "" cannot happen, or, of a wish, cannot be: told, and the message is left alone. */
#define ROUND_TABLE { \
  /*      TURN       ENDED          SETTLED    BOUNCED PUT_OFF REMOVED KEPT  LOOK    HOLD RELEASE EXPIRE DROP RETRY */ \
  /* G */ { "",        "",            "",        "",     "",     "",     "",   "",     "",  "",     "",    "",  "" }, \
  /* W */ { "GWRSBMK", "",            "",        "",     "",     "",     "",   "",     "H", "",     "X",   "D", "W" }, \
  /* R */ { "",        "RWSBLMKHXDG", "R",       "",     "",     "",     "",   "",     "R", "R",    "R",   "R", "R" }, \
  /* S */ { "",        "",            "WBMHXD",  "",     "",     "",     "",   "",     "S", "S",    "S",   "S", "S" }, \
  /* B */ { "",        "",            "B",       "S",    "L",    "",     "",   "",     "B", "B",    "B",   "BL","B" }, \
  /* L */ { "",        "",            "WMKHXDG", "",     "",     "",     "",   "",     "L", "L",    "L",   "L", "L" }, \
  /* M */ { "M",       "",            "M",       "",     "",     "G",    "LM", "",     "",  "",     "",    "",  "" }, \
  /* K */ { "",        "",            "",        "",     "",     "",     "",   "WHXD", "K", "K",    "",    "D", "W" }, \
  /* H */ { "H",       "",            "",        "",     "",     "",     "",   "",     "H", "W",    "X",   "D", "" }, \
  /* X */ { "GXWSBMK", "",            "",        "",     "",     "",     "",   "",     "H", "W",    "X",   "D", "" }, \
  /* D */ { "M",       "",            "",        "",     "",     "",     "",   "",     "H", "W",    "X",   "D", "" }, \
}

/* 0; -1 it is not in the table. The message: null when it is not loaded. */
extern int round_event(known, struct message *, enum round_event);

/* A group's delivery has ended, or it was taken out of its queue. */
extern void round_ended(struct group *);
/* What was put off in this round is due again as soon as it ends. */
extern void round_hurry(void);
/* mail-send ends: what this round has found out goes to the files. */
extern void round_conclude(struct message *);
/* One that is not loaded is due after so many seconds; with message_once not at all: it had its try. */
extern void round_later(known, uint32_t seconds);

#endif
