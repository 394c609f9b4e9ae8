/*
 * told.h - texts of results with what concerns the site alone marked in them: the log has it, senders' bounces do not
 *
 * Texts are made in one place and read in another, so the marks travel within: control bytes, which no text from
 * outside holds. Where a route is the site's own, TOLD_OPEN name TOLD_ELSE words TOLD_CLOSE is name in the log and
 * words in a bounce. What comes behind TOLD_END is for the log.
 */

#ifndef REMOTE_TOLD_H
#define REMOTE_TOLD_H

#include "door/report.h"

#define TOLD_OPEN "\1"
#define TOLD_ELSE "\2"
#define TOLD_CLOSE "\3"
#define TOLD_END "\4"
#define TOLD(name, words) TOLD_OPEN name TOLD_ELSE words TOLD_CLOSE

#define TOLD_HOST "the next host"
#define TOLD_PROGRAM "the next program"
#define TOLD_NAME_MAX (REPORT_RELAY_MAX + 24)

/* A host's name for texts: as it is, or marked where it is the site's own. */
extern void told_name(char to[TOLD_NAME_MAX], char const *relay, int own);

/* Why mail waits for the name servers, RESULT_LATER: which ones were asked is for the log. */
extern enum result told_unanswered(char why[TEXT_MAX + 1], char const *domain, char const *what);

/* Takes a marked text apart: text for the log, and in r what a bounce has of it. A second marked name ends that. Where
   there is no mark, r has the text as it was given, and nothing is copied. */
extern void told_read(char const *marked, char text[TEXT_MAX + 1], struct report_rcpt *r);

/* A bounce has words, which stay the caller's, in place of a name that the text has in it. */
extern void told_hide(struct report_rcpt *r, char const *name, char const *words);

#endif
