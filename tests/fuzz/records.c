/* records.c - the doors' records: the first byte says which; what unpacks is packed again, to the same bytes */

#include "door/ask.h"
#include "door/auth.h"
#include "door/clean.h"
#include "door/job.h"
#include "door/lookup.h"
#include "door/report.h"
#include "door/scram.h"
#include "door/sign.h"
#include "door/tls.h"
#include "fuzz.h"

static char out[PACKET_MAX];
static size_t out_len;

/* A packet of mail-desk's answers. */
static int items_again(char const *s, size_t len)
{
  static struct ask_item item;
  struct unpack u = { .s = s, .len = len };
  struct pack p = { .s = out, .size = sizeof out };

  if (!ask_answer_open(&u)) return 0;
  ask_answer_start(&p);
  while (u.pos < u.len) {
    if (!ask_item_unpack(&u, &item)) return 0;
    ask_item_pack(&p, &item);
  }
  demand(!p.bad);
  out_len = p.len;
  return 1;
}

static int again(char kind, char const *s, size_t len)
{
  static struct order order;
  static struct job job;
  static struct report report;
  static struct lookup_question question;
  static struct lookup_answer answer;
  static struct clean clean;
  static struct auth_request login;
  static struct auth_answer login_end;
  static struct sign_request sign;
  static struct sign_answer signature;
  static struct tls_request request;
  static struct tls_result result;
  static struct scram_request exchange;
  static struct scram_answer exchanged;
  static struct ask_request asked;

  switch (kind) {
    case 'o': return order_unpack(&order, s, len) && (out_len = order_pack(&order, out), 1);
    case 'j': return job_unpack(&job, s, len) && (out_len = job_pack(&job, out), 1);
    case 'r': return report_unpack(&report, s, len) && (out_len = report_pack(&report, out), 1);
    case 'q': return lookup_question_unpack(&question, s, len) && (out_len = lookup_question_pack(&question, out), 1);
    case 'a': return lookup_answer_unpack(&answer, s, len) && (out_len = lookup_answer_pack(&answer, out), 1);
    case 'c': return clean_unpack(&clean, s, len) && (out_len = clean_pack(&clean, out), 1);
    case 't': return tls_request_unpack(&request, s, len) && (out_len = tls_request_pack(&request, out), 1);
    case 'T': return tls_result_unpack(&result, s, len) && (out_len = tls_result_pack(&result, out), 1);
    case 's': return sign_request_unpack(&sign, s, len) && (out_len = sign_request_pack(&sign, out), 1);
    case 'S': return sign_answer_unpack(&signature, s, len) && (out_len = sign_answer_pack(&signature, out), 1);
    case 'L': return auth_request_unpack(&login, s, len) && (out_len = auth_request_pack(&login, out), 1);
    case 'l': return auth_answer_unpack(&login_end, s, len) && (out_len = auth_answer_pack(&login_end, out), 1);
    case 'p': return scram_request_unpack(&exchange, s, len) && (out_len = scram_request_pack(&exchange, out), 1);
    case 'P': return scram_answer_unpack(&exchanged, s, len) && (out_len = scram_answer_pack(&exchanged, out), 1);
    case 'Q': return ask_request_unpack(&asked, s, len) && (out_len = ask_request_pack(&asked, out), 1);
    case 'I': return items_again(s, len);
    default: return 0;
  }
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t len)
{
  char *s;

  if (len < 1 || len > PACKET_MAX) return 0;
  s = fuzz_string(data + 1, len - 1);
  if (again((char)data[0], s, len - 1)) demand(out_len == len - 1 && !memcmp(out, s, out_len));
  free(s);
  return 0;
}
