/*
 * lookup.h - the door to mail-lookup: who gets mail for an address
 *
 * Who fears whom: mail-lookup fears mail-smtpd (the verify side) and the addresses; mail-lspawn fears
 * mail-lookup, whose answer it takes as data of bounded length and checks (uid, home). One record for a
 * question, one for its answer; answers may come in any order, the number tells which. Over a SOCK_SEQPACKET
 * socketpair (mail-lspawn) or the listening socket run/verify/lookup (mail-smtpd).
 */

#ifndef DOOR_LOOKUP_H
#define DOOR_LOOKUP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "door/limits.h"
#include "lib/conf/stamp.h"

#define LOOKUP_RECORD_MAX 8192
#define LOOKUP_USER_MAX 64
#define LOOKUP_HOME_MAX 1024
#define LOOKUP_DASH_MAX 16
#define LOOKUP_SEEN_MAX 127      /* bytes of a home that an answer may hang on */

enum lookup_kind { LOOKUP_DELIVER = 'D', LOOKUP_VERIFY = 'V' };

enum lookup_status {
  LOOKUP_YES = 'Y',     /* somebody gets it; for LOOKUP_DELIVER all fields are set */
  LOOKUP_NO = 'N',      /* nobody does */
  LOOKUP_LATER = 'T',   /* could not find out: temporary */
  LOOKUP_UNKNOWN = 'U', /* LOOKUP_VERIFY: only the recipient's own home knows */
  LOOKUP_ELSEWHERE = 'E' /* the domain is neither in locals nor in virtualdomains */
};

struct lookup_question {
  uint32_t number;
  enum lookup_kind kind;
  char address[ADDRESS_MAX + 1];
};

/* What an answer came from, and so how long it holds: for mail-lspawn alone (local/kept.h). */
struct lookup_source {
  int lasts;                            /* 1: while the tables and this home are as they were */
  char home[LOOKUP_SEEN_MAX + 1];       /* "": no home was looked at */
  struct stamp seen;                    /* of the home, before anything in it was looked at */
};

struct lookup_answer {
  uint32_t number;
  enum lookup_status status;
  uid_t uid;
  gid_t gid;
  char user[LOOKUP_USER_MAX + 1];
  char home[LOOKUP_HOME_MAX + 1];
  char local[ADDRESS_MAX + 1];  /* local part, after virtualdomains has put its user in front */
  char domain[ADDRESS_MAX + 1];
  char dash[LOOKUP_DASH_MAX + 1];
  char ext[ADDRESS_MAX + 1];
  struct lookup_source from;
};

extern size_t lookup_question_pack(struct lookup_question const *, char buf[LOOKUP_RECORD_MAX]);
extern int lookup_question_unpack(struct lookup_question *, char const *buf, size_t len);
extern size_t lookup_answer_pack(struct lookup_answer const *, char buf[LOOKUP_RECORD_MAX]);
extern int lookup_answer_unpack(struct lookup_answer *, char const *buf, size_t len);

/* Asks over a connected socket and waits up to seconds for the answer; any trouble is LOOKUP_LATER. */
extern enum lookup_status lookup_ask(int sock, char const *address, unsigned int seconds);

#endif
