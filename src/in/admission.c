/* admission.c - see admission.h */

#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "lib/io/large.h"
#include "in/admission.h"

#define MINUTE 60000            /* ms */
#define IDLE 8192               /* places for those without a connection, at least */
#define PLACES (2 * ADMISSION_CONNECTIONS + IDLE + 1)   /* the first one is none */
#define CHAINS 16384
#define WORDS 5                 /* of a key: what it is of, and 16 bytes of address */

struct key {
  uint32_t word[WORDS];
};

struct place {
  struct key key;
  unsigned int next;            /* of its chain; 0: the last */
  unsigned int older, newer;    /* of those without a connection */
  unsigned int connections;
  unsigned int came;            /* in the minute that began then: */
  long long since;
  long long banned;             /* until then; 0: not */
};

static LARGE struct place places[PLACES]; /* places[0] holds both ends of the list */
static unsigned int places_used = 1;
static LARGE unsigned int chains[CHAINS];
static uint64_t secret[WORDS + 1];

int admission_start(void)
{
  return getrandom(secret, sizeof secret, 0) == sizeof secret ? 0 : -1;
}

/* of the network that the address has in so many bits */
static struct key make_key(struct net_address const *a, unsigned int bits)
{
  unsigned char ip[sizeof a->ip] = { 0 };
  struct key k;

  memcpy(ip, a->ip, bits / 8);
  k.word[0] = (uint32_t)a->family << 8 | bits;
  memcpy(k.word + 1, ip, sizeof ip);
  return k;
}

static struct key address_key(struct net_address const *a)
{
  return make_key(a, a->family == AF_INET ? 32 : 128);
}

static struct key network_key(struct net_address const *a)
{
  return make_key(a, a->family == AF_INET ? 24 : 64);
}

/* multilinear: which chain two keys share is known to nobody without the secret */
static unsigned int *chain_of(struct key const *k)
{
  uint64_t sum = secret[WORDS];
  size_t i;

  for (i = 0; i < WORDS; i++) sum += secret[i] * k->word[i];
  return chains + (sum >> 32) % CHAINS;
}

/* --- the list of those without a connection, by when they were heard of */

static void take_out(unsigned int i)
{
  places[places[i].older].newer = places[i].newer;
  places[places[i].newer].older = places[i].older;
}

static void put_last(unsigned int i)
{
  places[i].older = places[0].older;
  places[i].newer = 0;
  places[places[0].older].newer = i;
  places[0].older = i;
}

/* --- places */

static void forget(unsigned int i)
{
  unsigned int *at = chain_of(&places[i].key);

  while (*at != i) at = &places[*at].next;
  *at = places[i].next;
  take_out(i);
}

/* One that is free, or that of who was heard of longest ago: there is one, as all connections together have fewer. */
static unsigned int find_room(void)
{
  unsigned int oldest = places[0].newer;

  if (places_used < PLACES) return places_used++;
  forget(oldest);
  return oldest;
}

static unsigned int find(struct key const *k)
{
  unsigned int i = *chain_of(k);

  while (i && memcmp(&places[i].key, k, sizeof *k)) i = places[i].next;
  return i;
}

/* The place of a key, made if need be, and heard of now. */
static unsigned int place_of(struct key k)
{
  unsigned int *chain = chain_of(&k), i = find(&k);

  if (i && places[i].connections) return i;
  if (i) take_out(i);
  else {
    i = find_room();
    places[i] = (struct place){ .key = k, .next = *chain, .since = -MINUTE };
    *chain = i;
  }
  put_last(i);
  return i;
}

static void hold(unsigned int i)
{
  if (!places[i].connections++) take_out(i);
  places[i].came++;
}

static void let_go(unsigned int i)
{
  if (i && !--places[i].connections) put_last(i);
}

/* How many came in this minute. */
static unsigned int came(unsigned int i, long long now)
{
  struct place *p = places + i;

  if (now - p->since >= MINUTE) {
    p->since = now;
    p->came = 0;
  }
  return p->came;
}

char const *admission_enter(struct admission *a, struct net_address const *ip, struct admission_limits const *most,
                            long long now)
{
  unsigned int address = place_of(address_key(ip)), network = place_of(network_key(ip));
  unsigned int of_address = came(address, now), of_network = came(network, now);

  *a = (struct admission){ 0, 0 };
  if (places[address].connections >= most->of_address) return "4.7.0 too many connections from your address";
  if (places[network].connections >= most->of_network) return "4.7.0 too many connections from your network";
  if (most->address_rate && of_address >= most->address_rate)
    return "4.7.0 too many new connections from your address in a minute";
  if (most->network_rate && of_network >= most->network_rate)
    return "4.7.0 too many new connections from your network in a minute";
  hold(address);
  hold(network);
  *a = (struct admission){ address, network };
  return 0;
}

void admission_leave(struct admission *a)
{
  let_go(a->address);
  let_go(a->network);
  *a = (struct admission){ 0, 0 };
}

/* an IPv6 host has its network's other addresses, too */
static struct key ban_key(struct net_address const *a)
{
  return a->family == AF_INET ? address_key(a) : network_key(a);
}

void admission_ban(struct net_address const *ip, long long until)
{
  places[place_of(ban_key(ip))].banned = until;
}

int admission_is_banned(struct net_address const *ip, long long now)
{
  struct key k = ban_key(ip);
  unsigned int i = find(&k);

  return i && places[i].banned > now;
}
