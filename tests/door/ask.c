/* ask.c - requests to mail-desk and its answers: round trip, bounds, truncations, flipped bytes */

#include "door/ask.h"
#include "records.h"

static struct ask_request request;
static struct ask_item item;

static int read_request(char const *s, size_t len)
{
  return ask_request_unpack(&request, s, len);
}

static int read_items(char const *s, size_t len)
{
  struct unpack u = { .s = s, .len = len };

  if (!ask_answer_open(&u)) return 0;
  do
    if (!ask_item_unpack(&u, &item)) return 0;
  while (u.pos < u.len);
  return 1;
}

static struct ask_text text(char const *s)
{
  return (struct ask_text){ s, strlen(s) };
}

static int is(struct ask_text const *t, char const *s)
{
  return t->len == strlen(s) && !memcmp(t->s, s, t->len);
}

static void requests(void)
{
  static char buf[ASK_PACKET_MAX];
  static struct ask_request r = { .word = ASK_HOLD, .reason = "why not", .n = 2, .id = { "0123", "0000000000000000000000abcd" },
    .select = { .from = "<>", .to = "*@a.test", .older = 60, .states = 1U << ASK_HELD, .reply = "\377 4.2.2" } };
  size_t len = ask_request_pack(&r, buf);
  uint32_t i;

  check("a request fits", len);
  check("it comes back", ask_request_unpack(&request, buf, len) && request.word == ASK_HOLD && request.n == 2
        && !strcmp(request.id[1], r.id[1]) && !strcmp(request.select.reply, r.select.reply)
        && request.select.older == 60 && !request.all);
  records_hold("truncated requests are refused", buf, len, read_request);
  r.word = 'Q';
  check("an unknown word is refused", !ask_request_pack(&r, buf));
  r = (struct ask_request){ .word = ASK_HOLD, .domain = "a.test", .n = 1, .id = { "0123" } };
  check("a domain goes without IDs", !ask_request_pack(&r, buf));
  r = (struct ask_request){ .word = ASK_DELETE, .domain = "a.test" };
  check("nothing of a domain is deleted", !ask_request_pack(&r, buf));
  r = (struct ask_request){ .word = ASK_HOLD, .reason = "a\nb", .all = 1 };
  check("a reason is one line", !ask_request_pack(&r, buf));
  r = (struct ask_request){ .word = ASK_LIST, .n = ASK_IDS_MAX };
  for (i = 0; i < r.n; i++) memset(r.id[i], 'f', ID_MAX);
  len = ask_request_pack(&r, buf);
  check("the largest one fits", len && ask_request_unpack(&request, buf, len) && !request.more);
  r.more = r.all = 1;
  len = ask_request_pack(&r, buf);
  check("one of several", len && ask_request_unpack(&request, buf, len) && request.more && request.all);
  r.n = 0;
  check("that has none", !ask_request_pack(&r, buf));
  r.n = ASK_IDS_MAX + 1;
  check("a larger one is refused", !ask_request_pack(&r, buf));
}

static void answers(void)
{
  static char buf[ASK_PACKET_MAX], address[ADDRESS_MAX + 9];
  struct pack p = { .s = buf, .size = sizeof buf };
  struct ask_item m = { .kind = ASK_MESSAGE, .id = "0000000000000000000000abcd", .state = ASK_HELD, .bytes = 7, .rcpts = 1,
    .address = text(""), .held = { 5, 6, text("joe"), text("\xc3\xa4") } };
  struct ask_item r = { .kind = ASK_RCPT, .address = text("\377@b"), .mark = ASK_TODO, .reply = text("4.2.2\r\n"),
    .waits = { .wait = WAIT_RATE, .domain = "b", .domain_len = 1, .until = 9 } };
  struct ask_item v = { .kind = ASK_VERDICT, .id = "0123", .verdict = ASK_NOT_NOW, .text = text("busy") };
  struct ask_item e = { .kind = ASK_END, .end = ASK_OK, .text = text("") };
  struct unpack u = { .s = buf };

  ask_answer_start(&p);
  ask_item_pack(&p, &m);
  ask_item_pack(&p, &r);
  ask_item_pack(&p, &v);
  check("an item has room", p.len < ASK_ITEM_MAX && !p.bad);
  u.len = p.len;
  check("a packet comes back", ask_answer_open(&u) && ask_item_unpack(&u, &item) && item.state == ASK_HELD
        && item.held.when == 5 && is(&item.held.reason, "\xc3\xa4"));
  check("its recipient, too", ask_item_unpack(&u, &item) && is(&item.address, "\377@b") && is(&item.reply, "4.2.2\r\n")
        && item.waits.wait == WAIT_RATE && item.waits.domain_len == 1);
  check("and the verdict", ask_item_unpack(&u, &item) && item.verdict == ASK_NOT_NOW && unpack_done(&u));
  p.len = 0;
  ask_answer_start(&p);
  ask_item_pack(&p, &e);
  records_hold("truncated answers are refused", buf, p.len, read_items);
  memset(address, 'a', sizeof address);
  r.address = r.reply = (struct ask_text){ address, sizeof address };
  r.waits.domain = address;
  r.waits.domain_len = sizeof address;
  r.held = (struct ask_holder){ 1, 1, r.address, r.address };
  p.len = 0;
  ask_answer_start(&p);
  ask_item_pack(&p, &r);
  check("what is too long is cut", !p.bad && p.len < ASK_ITEM_MAX && read_items(buf, p.len) && item.address.len == ADDRESS_MAX);
}

int main(void)
{
  requests();
  answers();
  return unit_end();
}
