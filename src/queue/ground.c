/* ground.c - see ground.h */

#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/conf/conf.h"
#include "lib/conf/passwd.h"
#include "lib/io/log.h"
#include "lib/msg/id.h"
#include "queue/ground.h"

#define HELP ": run the installer ('make install') again"

#define NAME 64                 /* of a user or group, as far as it is shown */

static dev_t filesystem;

/* Those whose locks, or whose sync, nobody here can vouch for. Not all have a name in the kernel's headers. */
static struct {
  unsigned long magic;
  char const *name;
  int network;
} const kinds[] = {
  { TMPFS_MAGIC, "tmpfs", 0 },
  { RAMFS_MAGIC, "ramfs", 0 },
  { OVERLAYFS_SUPER_MAGIC, "overlay", 0 },
  { NFS_SUPER_MAGIC, "NFS", 1 },
  { SMB_SUPER_MAGIC, "SMB", 1 },
  { 0xfe534d42UL, "SMB2", 1 },
  { 0xff534d42UL, "CIFS", 1 },
  { V9FS_MAGIC, "9p", 1 },
  { 0x65735546UL, "FUSE", 1 },
  { 0x00c36400UL, "Ceph", 1 },
  { AFS_SUPER_MAGIC, "AFS", 1 },
};

static void check_filesystem(int network)
{
  struct statfs s;
  size_t i;

  if (statfs(".", &s) == -1) log_die(111, "unable to look at the filesystem of the queue");
  for (i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (((unsigned long)s.f_type & 0xffffffffUL) != kinds[i].magic) continue;
    if (kinds[i].network && !network)
      log_diex(111, "fatal: the queue is on ", kinds[i].name, ", where locks and syncs may fail silently: move it to "
               "a local disk, or write 1 into control/queuenetwork to take that risk");
    if (kinds[i].network) log_line("warning: the queue is on ", kinds[i].name, ": accepted mail may be lost");
    else log_line("warning: the queue is on ", kinds[i].name, ": accepted mail may not survive a power loss");
  }
}

/* As "mailq:mails (997:997)"; numbers alone where one has no name. */
static void name_owner(char *s, size_t size, uid_t uid, gid_t gid)
{
  char const *name = passwd_name(uid);
  char user[NAME];
  int n = snprintf(user, sizeof user, "%s", name ? name : "");

  name = passwd_group(gid);
  if (n > 0 && name) snprintf(s, size, "%s:%.*s (%lu:%lu)", user, NAME, name, (unsigned long)uid, (unsigned long)gid);
  else snprintf(s, size, "%lu:%lu", (unsigned long)uid, (unsigned long)gid);
}

static _Noreturn void wrong(char const *path, mode_t mode, uid_t uid, gid_t gid)
{
  char owner[2 * NAME + 64], bits[8];

  name_owner(owner, sizeof owner, uid, gid);
  snprintf(bits, sizeof bits, "%04o", mode & 07777U);
  log_diex(111, "fatal: queue/", path, " must be a ", S_ISFIFO(mode) ? "fifo " : "directory ", bits, " of ", owner,
           HELP);
}

static void check(char const *path, mode_t mode, uid_t uid, gid_t gid)
{
  struct stat st;

  if (lstat(path, &st) == -1) log_die(111, "fatal: unable to find queue/", path, HELP);
  if (st.st_mode != mode || st.st_uid != uid || st.st_gid != gid)
    wrong(path, mode, uid, gid);
  if (st.st_dev != filesystem)
    log_diex(111, "fatal: queue/", path, " is on another filesystem than queue/: it must be on the same one");
}

static void check_hashed(char const *path, mode_t mode, uid_t uid, gid_t gid)
{
  char sub[ID_PATH_MAX];
  unsigned int i;

  check(path, mode, uid, gid);
  for (i = 0; i < ID_HASHES; i++) {
    id_dir(sub, path, i);
    check(sub, mode, uid, gid);
  }
}

void ground_check(int network)
{
  uid_t uid = conf_users[CONF_QUEUE].uid;
  gid_t gid = conf_users[CONF_SEND].gid;
  struct stat st;

  if (stat(".", &st) == -1) log_die(111, "unable to look at the directory of the queue");
  filesystem = st.st_dev;
  if (st.st_mode & 022 || (st.st_uid && st.st_uid != uid))
    log_diex(111, "fatal: queue/ must belong to root and be writable by its owner only", HELP);
  if (geteuid() != uid || getegid() != gid)
    log_diex(111, "fatal: this must run as mailq, with the group of mails: let mail-start start it");
  check_filesystem(network);
  check("tmp", S_IFDIR | 0700, uid, gid);
  check_hashed("mess", S_IFDIR | 0700, uid, gid);
  check_hashed("todo", S_IFDIR | 0750, uid, gid);
  check("lock/trigger", S_IFIFO | 0660, uid, gid);
}
