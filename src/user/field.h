/* field.h - the header fields that mail-inject knows, and how a line of a header is told from others */

#ifndef USER_FIELD_H
#define USER_FIELD_H

#include <stddef.h>

#define FIELD_RCPT 1            /* names recipients */
#define FIELD_STRICT 2          /* names senders, or where answers go */
#define FIELD_DROP 4            /* does not go out */
#define FIELD_SHOWN 8           /* To or Cc */
#define FIELD_FROM 16
#define FIELD_DATE 32
#define FIELD_ID 64
#define FIELD_PATH 128          /* Return-Path */
#define FIELD_FOLLOWUP 256      /* Mail-Followup-To */
#define FIELD_RESENT 512        /* any Resent- field */

enum field_line {
  FIELD_LINE,           /* begins a field */
  FIELD_CONTINUED,      /* belongs to the one before */
  FIELD_EMPTY,          /* ends the header */
  FIELD_ILLEGAL,        /* a name with bytes that no name may have */
  FIELD_BODY            /* no field at all */
};

extern enum field_line field_line(char const *, size_t len);

/* The length of the name that a field begins with. */
extern size_t field_name_len(char const *, size_t len);

/* What is known about the field of that name: FIELD_ bits. */
extern unsigned int field_flags(char const *name, size_t len);

/* Does the field of that name hold recipients that nobody is to see? */
extern int field_hides_rcpts(char const *name, size_t len);

#endif
