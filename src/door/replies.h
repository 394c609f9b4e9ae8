/*
 * replies.h - the door from mail-send to mail-qread for the last reply of each recipient that was put off
 *
 * Who fears whom: mail-qread fears mail-send, and through it remote hosts: texts may hold any byte. One file of bounded
 * size, places of a fixed size, found by the ID and the recipient's index: what a place holds is known by both. Where
 * four that meet are taken the oldest gives way, so nothing has to be removed. Never synced: it outlives mail-send, not
 * always the machine, and nothing relies on it. In the queue's directory.
 */

#ifndef DOOR_REPLIES_H
#define DOOR_REPLIES_H

#include <stddef.h>
#include <stdint.h>

#define REPLIES_PATH "state/hosts.replies"
#define REPLY_TEXT_MAX 240      /* bytes of it that are kept */

struct reply {
  uint32_t tries;               /* of the message so far, this one among them */
  int64_t when;                 /* wall clock */
  char text[REPLY_TEXT_MAX + 1];
  size_t len;
};

/* Keeps the last reply of a recipient; one that cannot be kept is forgotten. */
extern void replies_put(char const *id, uint32_t index, struct reply const *);
/* 1, or 0 when there is none that can be read. */
extern int replies_get(char const *id, uint32_t index, struct reply *);

#endif
