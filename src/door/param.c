/*
 * param.c - see param.h
 *
 * Besides those of the table: b BODY of MAIL (8: 8BITMIME); m Message-ID, which mail-queued alone adds, and p ID of the
 * message that this one was made of, as its maker says: both are for the log, nothing else.
 */

#include <string.h>

#include "door/limits.h"
#include "door/param.h"

struct param const params_known[] = {
  { 'r', 0, 1, PARAM_SENDER, "RET" },           /* FULL or HDRS */
  { 'e', 0, 1, PARAM_SENDER, "ENVID" },         /* xtext, as it came */
  { 'u', 0, 0, PARAM_MESSAGE, "SMTPUTF8" },
  { 'n', 1, 1, PARAM_OURS, "NOTIFY" },          /* NEVER, or of SUCCESS,FAILURE,DELAY what was asked */
  { 'o', 1, 1, PARAM_SENDER, "ORCPT" },         /* type;xtext, as it came */
  { 0, 0, 0, PARAM_OURS, 0 }
};

int param_is(char letter)
{
  return letter >= 'a' && letter <= 'z';
}

int param_run_ok(struct param_run r)
{
  size_t at, len;

  if (r.len > PARAM_RUN_MAX) return 0;
  for (at = 0; at < r.len; at += len + 1) {
    len = strnlen(r.s + at, r.len - at);
    if (!param_is(r.s[at]) || len - 1 > ADDRESS_MAX || at + len == r.len) return 0;
  }
  return 1;
}

char const *param_get(struct param_run r, char letter)
{
  size_t at;

  for (at = 0; at < r.len; at += strlen(r.s + at) + 1)
    if (r.s[at] == letter) return r.s + at + 1;
  return 0;
}

char const *param_text(struct param_run r, char letter)
{
  char const *value = param_get(r, letter);

  return value ? value : "";
}
