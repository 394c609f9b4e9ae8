/* form.c - see form.h */

#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/conf/form.h"
#include "lib/conf/login.h"
#include "lib/conf/smtpauth.h"
#include "lib/conf/tlspolicy.h"
#include "lib/conf/value.h"
#include "lib/io/net.h"
#include "lib/msg/utf8.h"
#include "lib/smtp/keyword.h"

#define DOMAIN_MAX 253
#define LABEL_MAX 63
#define USER_MAX 255            /* far more than RFC 5321 4.5.3.1.1 has for what stands before an @ */
#define DELIVERY_MAX 1000       /* what mail-local takes */
#define GREETING_MAX 400        /* with code and line end the longest reply (RFC 5321 4.5.3.1.5) */
#define SMTP_PORT 25

/* printable, without blanks; bytes beyond ASCII count as printable where they may be */
static int is_plain(char const *s, size_t len, int beyond)
{
  for (; len; s++, len--)
    if ((unsigned char)*s <= ' ' || *s == 127 || (!beyond && (unsigned char)*s > 126)) return 0;
  return 1;
}

/* The same, and what is beyond ASCII is UTF-8. Behind s is a character of ASCII or the end. */
static int is_text(char const *s, size_t len)
{
  size_t i, n;

  if (!is_plain(s, len, 1)) return 0;
  for (i = 0; i < len; i += n) {
    n = (unsigned char)s[i] > 127 ? utf8_char(s + i) : 1;
    if (!n) return 0;
  }
  return 1;
}

static int is_label(char const *s, size_t len)
{
  size_t i;

  for (i = 0; i < len; i++)
    if (strchr("!\"#$%&'()*+,/:;<=>?@[\\]^`{|}~", s[i])) return 0;
  return len && len <= LABEL_MAX && is_text(s, len);
}

static int is_domain(char const *s, size_t len)
{
  size_t n;

  if (!len || len > DOMAIN_MAX) return 0;
  for (;; s += n + 1, len -= n + 1) {
    char const *dot = memchr(s, '.', len);
    n = dot ? (size_t)(dot - s) : len;
    if (!is_label(s, n)) return 0;
    if (!dot) return 1;
  }
}

/* with IPv6: or, for hosts alone, without */
static int is_literal(char const *s, size_t len)
{
  struct net_address a;

  return net_literal(&a, s, len) || (len > 2 && s[0] == '[' && s[len - 1] == ']' && net_parse(&a, s + 1, len - 2));
}

static int is_host(char const *s, size_t len)
{
  return is_domain(s, len) || is_literal(s, len);
}

static int is_suffix(char const *s, size_t len)
{
  return is_host(s, len) || (len > 1 && *s == '.' && is_domain(s + 1, len - 1));
}

/* a domain, .suffix, or nothing: all */
static int is_key(char const *s)
{
  return !*s || is_suffix(s, strlen(s));
}

static int is_user(char const *s)
{
  size_t len = strlen(s);

  return len && len <= USER_MAX && is_text(s, len) && !strpbrk(s, "\"@<>,:;");
}

/* USER@DOMAIN, or @DOMAIN */
static int is_address(char const *s)
{
  char const *at = strrchr(s, '@');

  return at && is_text(s, strlen(s)) && is_host(at + 1, strlen(at + 1));
}

/* The same with the domain's name in the DNS, which a ban needs: that is the one that is compared. */
static int is_banned_address(char const *s)
{
  char const *at = strrchr(s, '@');

  return is_address(s) && is_plain(at, strlen(at), 0);
}

static int is_path(char const *s)
{
  size_t len = strlen(s);

  return !len /* no program */ || (len < PATH_MAX && !strchr("\"'", *s) && s[len - 1] != '/' && is_plain(s, len, 1));
}

static int is_paths(char const *s)
{
  size_t len;

  for (; *s; s += len + (s[len] == ':')) {
    len = strcspn(s, ":");
    if (*s != '/' || !is_plain(s, len, 1)) return 0;
  }
  return 1;
}

static int is_greeting(char const *s)
{
  size_t len = strlen(s), i;

  for (i = 0; i < len; i++)
    if ((unsigned char)s[i] < ' ' || (unsigned char)s[i] > 126) return 0;
  return len && len <= GREETING_MAX;
}

/* dot-qmail(5): a mailbox by its path, a program, an address, or a comment, which is nothing */
static int is_delivery(char const *s)
{
  if (strlen(s) > DELIVERY_MAX) return 0;
  switch (*s) {
    case '#': return 1;
    case '.': case '/': return !strstr(s, " #") && !strstr(s, "\t#");  /* no comment may follow a path */
    case '|': return s[1] != 0;
    case '&': s++; break;
    default: break;
  }
  return *s && is_plain(s, strlen(s), 1) && !strpbrk(s, "/<>,");
}

static int is_server(char const *s)
{
  struct net_address a;

  return net_parse_port(&a, s, 1);
}

static int is_network(char const *s)
{
  struct net_network n;

  return net_network_parse(&n, s);
}

static int is_listen(char const *s)
{
  struct net_address a;
  enum service service;

  return value_listen(&a, &service, s);
}

/* with a host; the port is 0 where none is given */
static int is_relay(char const *s, unsigned int *port)
{
  struct net_address a;
  char host[DOMAIN_MAX + 1];

  *port = 0;
  if (!value_place(s, host, sizeof host, port)) return 0;
  return *s == '[' ? net_parse(&a, host, strlen(host)) : is_domain(host, strlen(host));
}

static int is_transport(char const *s)
{
  unsigned int port;
  enum transport kind = value_transport(s, &s);

  return kind == TRANSPORT_LMTP ? is_relay(s, &port) && port != SMTP_PORT : kind != TRANSPORT_BAD;
}

/* "2001:db8::1" would be a domain 2001: such an address needs the colon in front. Without a colon it is for all. */
static int is_source(char const *key, char const *value)
{
  struct net_address a;
  size_t len = strlen(key);
  int cut = value && len && strspn(key, "0123456789abcdef") == len && memchr(value, ':', strcspn(value, ","));

  return value_source(&a, value ? value : key, AF_INET) != -1 && (!value || (is_key(key) && !cut));
}

int form_number(char const *s, unsigned int *n)
{
  unsigned long long u = 0;
  size_t i;

  for (i = 0; s[i] >= '0' && s[i] <= '9' && u <= 0xffffffffULL; i++) u = u * 10 + (unsigned int)(s[i] - '0');
  if (!i || s[i] || u > 0xffffffffULL) return 0;
  *n = (unsigned int)u;
  return 1;
}

static char const *expect(int good, char const *words)
{
  return good ? 0 : words;
}

static char const *map_expects(enum form form, char const *key, char const *value)
{
  unsigned int n;
  uint32_t rates[2];
  int keyed = value && is_key(key);

  switch (form) {
    case FORM_VIRTUAL:
      return expect(value && (is_key(key) || is_address(key)) && (!*value || is_user(value)),
                    "domain:user, .suffix:user or address:user");
    case FORM_RELAY:
      return expect(keyed && (!*value || is_relay(value, &n) || (*value == ':' && net_port(value + 1))),
                    "domain:relay[:port], .suffix:relay[:port] or :relay[:port]");
    case FORM_QMTP: return expect(keyed && (!*value || is_relay(value, &n)), "domain:host[:port]");
    case FORM_TRANSPORT:
      return expect(keyed && is_transport(value),
                    "domain:lmtp:host[:port] (not 25), domain:lmtp:/path, domain:program:/path or domain:smtp");
    case FORM_TLS:
      return expect(keyed && tlspolicy_ok(value), "domain:none, domain:may, domain:encrypt, "
                    "domain:secure[:names[:/file]] or domain:fingerprint:hex");
    case FORM_SMTPAUTH:
      return expect(value && (is_key(key) || is_address(key)) && smtpauth_ok(value),
                    "domain:login:file, user@domain:login:file, @domain:login:file, :login:file or domain:");
    case FORM_RATE: return expect(keyed && value_rate(value, UINT32_MAX, rates), "domain:messages[/connections]");
    case FORM_COUNT: return expect(keyed && form_number(value, &n) && n, "domain:number, from 1 on");
    case FORM_IGNORE:
      return expect(keyed && (!*value || login_ignore_ok(value)), "domain:KEYWORD[,KEYWORD] of EHLO or AUTH");
    case FORM_SENDERS:
      return expect(value && is_text(key, strlen(key)) && login_senders_ok(value),
                    "login:sender[,sender], each one user@domain, user-*@domain, @domain or *");
    case FORM_VERSION: return expect(keyed && (!*value || (strchr("46", *value) && !value[1])), "domain:4 or domain:6");
    case FORM_SOURCE:
      return expect(is_source(key, value),
                    "domain:address[,address], at most one IPv4 and one IPv6 address; :address for all");
    default: return expect(is_domain(key, strlen(key)) && (!value || value_answers(value, 0) != -1),
                           "zone[:answers[:text]], the answers in 127.0.0.0/8");
  }
}

char const *form_expects(enum form form, char const *key, char const *value)
{
  size_t len = strlen(key);
  char const *rest;
  unsigned int n;

  switch (form) {
    case FORM_NUMBER: return expect(form_number(key, &n), "a number, of decimal digits alone");
    case FORM_SWITCH: return expect(form_number(key, &n) && n < 2, "0 or 1");
    case FORM_HOST: return expect(is_host(key, len), "a host name, such as mail.example.org");
    case FORM_USER: return expect(is_user(key), "what stands before the @ of an address");
    case FORM_ACCOUNT: return expect(!*key || is_user(key), "the name of an account, or nothing");
    case FORM_GREETING: return expect(is_greeting(key), "at most 400 bytes of printable ASCII");
    case FORM_MARKS: return expect(strspn(key, "+=_#~") == len, "some of the characters + = _ # ~");
    case FORM_DELIVERY:
      return expect(is_delivery(key), "a line of a .qmail file, such as ./Maildir/, |program or &address");
    case FORM_PROGRAM: return expect(is_path(key), "a program's path, without arguments");
    case FORM_BACKEND:
      return expect(login_backend(key, &rest) != BACKEND_BAD,
                    "file, checkpassword /program word... or dovecot /socket");
    case FORM_PATHS: return expect(is_paths(key), "absolute paths with colons between them");
    case FORM_TLS_VERSION: return expect(!strcmp(key, "1.2") || !strcmp(key, "1.3"), "1.2 or 1.3");
    case FORM_TLS_NAMES: return expect(is_text(key, len), "names as OpenSSL writes them, with colons between them");
    case FORM_DOMAIN: return expect(is_host(key, len), "a domain or [address] a line");
    case FORM_SUFFIX: return expect(is_suffix(key, len), "a domain, [address] or .suffix a line");
    case FORM_ADDRESS:
      return expect(is_banned_address(key), "an address or @domain a line, a domain beyond ASCII as xn--...");
    case FORM_SERVER: return expect(is_server(key), "an IP address[:port] a line; names are not looked up");
    case FORM_KEYWORD: return expect(keyword_list_ok(key), "a keyword of EHLO's answer a line, such as SMTPUTF8");
    case FORM_MECHANISM:
      return expect(login_mechanism(key) != MECHANISMS, "SCRAM-SHA-256-PLUS, SCRAM-SHA-256, PLAIN or LOGIN a line");
    case FORM_LISTEN:
      return expect(is_listen(key), "address:port[:service] a line, such as 192.0.2.1:25, [::]:25 or 0.0.0.0:209:qmtp; "
                    "names are not looked up, and services are smtp, submission, submissions, qmtp and qmqp");
    case FORM_NETWORK: return expect(is_network(key), "an IP address[/bits] a line, no bit set behind those");
    default: return map_expects(form, key, value);
  }
}
