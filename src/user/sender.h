/*
 * sender.h - who sends: the From field and the envelope sender that mail-inject adds, from the environment
 *
 * All of it is the caller's own word; the queue notes the uid.
 */

#ifndef USER_SENDER_H
#define USER_SENDER_H

#include <skalibs/stralloc.h>

/* The letters in QMAILINJECT */
struct sender_style {
  int comment_name;     /* c: From: address (name) */
  int ignore_path;      /* s: Return-Path in the header does not count */
  int drop_from;        /* f */
  int drop_id;          /* i */
  int verp_rcpt;        /* r: user-@host-@[] */
  int verp_message;     /* m: user-TIME.PID@host */
};

extern void sender_style(struct sender_style *);

/* Appends what stands after "From:", with a blank in front. Ends the program when the environment is no good. */
extern void sender_from(stralloc *, struct sender_style const *);

/* The envelope sender from the environment, NUL-terminated (the NUL is not counted). */
extern void sender_envelope(stralloc *, struct sender_style const *);

#endif
