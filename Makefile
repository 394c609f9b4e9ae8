# Bulkhead. GNU make. The facts are in src/rooms and conf-*; this file only turns them into programs.
#
#   make                        builds everything for the home in conf-home
#   make HOMEDIR=D USERS=F install   builds and installs the instance in D with the users in F
#   make uninstall              removes the programs of HOMEDIR, keeps mail and settings
#   make users                  creates the users and groups named in USERS that do not exist
#   make musl                   fetches skalibs' source by the system's package tools and builds it for musl
#   make deb                    Debian packages in build/deb
#   make check, make demo       see README
#   make check-long             2,015,539 bodies through smtpd, queue and remote, thousands of random dialogues with
#                               smtpd, mail-tasks(7) typed, INSTALL on a bare Debian: an hour
#   make check-deb              the packages on a bare Debian: in, update, out; ten minutes
#   make fuzz-run SECONDS=600   the fuzzers of tests/fuzz, each so long
#   make bench, bench-scale     beside Debian's Postfix; with large queues: tests/bench/README

.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

HOMEDIR := $(if $(HOMEDIR),$(HOMEDIR),$(shell sed q conf-home))
USERS ?= conf-users
B ?= build

CC_SYS := $(shell sed q conf-cc)
LD_SYS := $(shell sed q conf-ld)
STYLE := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Werror=implicit-function-declaration
CPPFLAGS := -Isrc

# Two ways to build: with the system's compiler (sys), and static with musl, which starts ten times faster.
# The second is taken for programs that src/rooms calls static once `make musl` has made its skalibs.
MUSL_READY := $(wildcard $(B)/musl/skalibs/lib/libskarnet.a)
MUSL ?= $(if $(MUSL_READY),yes,no)
# A process pays for each page at its first touch, so it is to have few: small variables lie together (lib/io/large.h),
# what nobody calls is left out, and mail-local, which is started most, has code and constants in one piece. (norelro:
# nobody makes such pages read-only in a static program, but they would end one.)
CC_musl := musl-gcc -O2 -g -fstack-protector-strong -fdata-sections -ffunction-sections \
	-isystem $(B)/musl/skalibs/include
LD_musl := musl-gcc -static -Wl,--gc-sections,--sort-section=name,-z,norelro -L$(B)/musl/skalibs/lib
$(B)/instance/%/mail-local: ONE_PIECE = $(if $(filter yes,$(MUSL)),-z noseparate-code)
CC_sys := $(CC_SYS)
LD_sys := $(LD_SYS)
# Of skalibs a program takes what it needs, not the shared library: that has pages of its own in each process.
SKALIBS_musl := -lskarnet
SKALIBS_sys := -Wl,-Bstatic -lskarnet -Wl,-Bdynamic
SKALIBS_try := int stralloc_catb(), cdb_init(); int main(int c) { return c ? stralloc_catb() : cdb_init(); }
SKALIBS_sys := $(shell echo '$(SKALIBS_try)' | \
	$(LD_SYS) -o /dev/null -x c - -x none $(SKALIBS_sys) 2> /dev/null && echo '$(SKALIBS_sys)' || echo -lskarnet)
# The rooms of TLS and logins need OpenSSL 3 and users of their own: where its headers are not there, where USERS is
# older than a role of theirs, or with TLS=no, they are left out.
ifndef TLS
HASH := \#
TLS := $(shell printf '$(HASH)%s\n' 'include <openssl/ssl.h>' 'if OPENSSL_VERSION_MAJOR < 3' 'error old' endif | \
	$(CC_SYS) -E - > /dev/null 2>&1 && awk 'NR == FNR { has[$$1] = 1; next } $$5 == "tls" && !has[$$2] { exit 1 }' \
	'$(USERS)' src/rooms && echo yes || echo no)
endif
TLS_LIBS := -Wl,-z,now -Wl,--as-needed -lssl -lcrypto -lcrypt
# for the tests in C: everything once more with sanitizers, whose reports want lines, not variables
CC_asan := $(CC_SYS) -O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -DPRIV_SANITIZED
LD_asan := $(LD_SYS) -fsanitize=address,undefined

# name:room:link of each program
WHOLE_TABLE := $(shell awk '$$1 == "program" { print $$2 ":" $$3 ":" $$7 }' src/rooms)
TABLE := $(if $(filter yes,$(TLS)),$(WHOLE_TABLE),$(filter-out %:openssl,$(WHOLE_TABLE)))
column = $(word $(1),$(subst :, ,$(2)))
TLS_ROOMS := $(sort $(foreach t,$(filter %:openssl,$(WHOLE_TABLE)),$(call column,2,$(t))))
libs_of = $(if $(filter $(1),$(TLS_ROOMS)),$(TLS_LIBS))
room_of = $(call column,2,$(filter $(1):%,$(TABLE)))
PROGRAMS := $(foreach t,$(TABLE),$(call column,1,$(t)))
STATIC := $(foreach t,$(filter %:static,$(TABLE)),$(call column,1,$(t)))
ROOMS := $(sort $(foreach t,$(TABLE),$(call column,2,$(t))))
# for the fuzzers: the same, as libFuzzer wants it
CC_fuzz := clang -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -DPRIV_SANITIZED
LD_fuzz := clang -g -fsanitize=fuzzer,address,undefined
FLAVOURS := sys musl asan fuzz

PROGRAM_SOURCES := $(foreach p,$(PROGRAMS),$(wildcard src/*/$(p).c))
SHARED := $(wildcard src/door/*.c src/lib/*/*.c)

# One instance: home and users are compiled in, in one small file of its own.
INSTANCE := $(B)/instance/$(shell { echo $(HOMEDIR) $(MUSL) $(TLS) $(SKALIBS_sys); cat $(USERS) VERSION; } \
	| cksum | cut -d' ' -f1)
BINARIES := $(PROGRAMS:%=$(INSTANCE)/%)

.PHONY: all install uninstall users musl deb packages check check-deb check-long bench bench-scale demo clean man
all: $(BINARIES)

# written anew only when it says something else: every program is linked again then
$(INSTANCE)/instance.c: src/instance src/rooms $(USERS) VERSION
	@mkdir -p $(INSTANCE)
	sh src/instance '$(HOMEDIR)' '$(USERS)' '$(TLS)' > $@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# $(info) and this start no process for each target
folder = $(if $(wildcard $(@D)/.),,mkdir -p $(@D))

define flavour
$(B)/$(1)/%.o: src/%.c
	@$$(folder)$$(info cc $$@)
	@$$(CC_$(1)) $$(STYLE) $$(CPPFLAGS) -MMD -MP -c -o $$@ $$<

$(B)/$(1)/shared.a: $(SHARED:src/%.c=$(B)/$(1)/%.o)
	@rm -f $$@
	@ar rcs $$@ $$^

$(INSTANCE)/$(1).o: $(INSTANCE)/instance.c
	$$(CC_$(1)) $$(STYLE) $$(CPPFLAGS) -c -o $$@ $$<
endef
$(foreach f,$(FLAVOURS),$(eval $(call flavour,$(f))))

# a room's other files, for its programs alone
define room
$(B)/$(1)/room-$(2).a: $(patsubst src/%.c,$(B)/$(1)/%.o,$(filter-out $(PROGRAM_SOURCES),$(wildcard src/$(2)/*.c)))
	@rm -f $$@
	@$$(folder)
	@ar rcs $$@ $$^
endef
$(foreach f,$(FLAVOURS),$(foreach r,$(ROOMS),$(eval $(call room,$(f),$(r)))))

# $(1) program, $(2) its room, $(3) its flavour, $(4) where it goes
define program
$(4)/$(1): $(B)/$(3)/$(2)/$(1).o $(B)/$(3)/room-$(2).a $(B)/$(3)/shared.a $(INSTANCE)/$(3).o
	@$$(folder)$$(info ld $$@)
	@$$(LD_$(3)) $$(ONE_PIECE) -o $$@ $$(filter %.o,$$^) $(B)/$(3)/room-$(2).a $(B)/$(3)/shared.a $$(SKALIBS_$(3)) \
		$(call libs_of,$(2))
endef
flavour_of = $(if $(filter yes,$(MUSL)),$(if $(filter $(1),$(STATIC)),musl,sys),sys)
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p),$(call room_of,$(p)),$(call flavour_of,$(p)),$(INSTANCE))))

install: all $(INSTANCE)/instance.c
	sh src/install '$(HOMEDIR)' '$(USERS)' '$(INSTANCE)'

uninstall:
	sh src/uninstall '$(HOMEDIR)'

users:
	sh src/users '$(USERS)'

# Built for numbers that no user has; the host that a package comes to has its own (src/debian/settle).
DEB_HOME := /var/lib/bulkhead
deb:
	@mkdir -p $(B)/deb
	perl src/debian/settle '$(USERS)' > $(B)/deb/users
	@$(MAKE) HOMEDIR=$(DEB_HOME) USERS=$(B)/deb/users TLS=yes packages
packages: all
	@sh src/debian/build '$(INSTANCE)' '$(CURDIR)/$(B)/deb' '$(HOMEDIR)'

musl: $(B)/musl/skalibs/lib/libskarnet.a

$(B)/musl/skalibs/lib/libskarnet.a: src/musl
	sh src/musl $(B)/musl

# Tests in C, under sanitizers: tests/ROOM/X.c is linked with everything shared and its own room, no other.
UNIT := $(patsubst %.c,$(B)/%,$(shell find tests -name '*.c' -not -path 'tests/stub/*' -not -path 'tests/fuzz/*' \
	-not -path 'tests/bench/*'))
ifneq ($(TLS),yes)
UNIT := $(filter-out $(foreach r,$(TLS_ROOMS),$(B)/tests/$(r)/%),$(UNIT))
endif
.PHONY: unit units
unit: $(UNIT)
units:
	@printf '%s\n' $(sort $(UNIT:$(B)/%=%.c))
# $(1) the room of a test, if it is one
define unit
$(B)/tests/$(1)/%: tests/$(1)/%.c $(if $(filter $(1),$(ROOMS)),$(B)/asan/room-$(1).a) $(B)/asan/shared.a \
		$(INSTANCE)/asan.o
	@$$(folder)
	@$$(CC_asan) $$(STYLE) $$(CPPFLAGS) -Itests -o $$@ $$< $(INSTANCE)/asan.o $$(filter %.a,$$^) -lskarnet \
		$(call libs_of,$(1))
endef
$(foreach d,$(sort $(foreach u,$(UNIT),$(word 2,$(subst /, ,$(u:$(B)/%=%))))),$(eval $(call unit,$(d))))

# what a fresh machine lacks for the tests; without root it is named, and the tests that need it are skipped
.PHONY: prepare
prepare:
	sh tests/packages check
	@[ -s $(B)/musl/skalibs/lib/libskarnet.a ] || $(MAKE) -s musl || echo "no musl: all is linked with the system's libc"

# Fuzzers: tests/fuzz/X.c, as build/fuzz/X; fuzz-run gives each SECONDS and fails when one finds something.
FUZZED := $(wildcard tests/fuzz/*.c)
ifneq ($(TLS),yes)
FUZZED := $(filter-out $(shell grep -lE '^.include "(tls|key|auth)/' $(FUZZED)),$(FUZZED))
endif
FUZZERS := $(FUZZED:tests/%.c=$(B)/%)
SECONDS ?= 600
.PHONY: fuzz fuzz-run
fuzz:
	@sh tests/fuzz/run can
	@$(MAKE) $(FUZZERS)
fuzz-run: fuzz
	sh tests/fuzz/run $(SECONDS) $(notdir $(FUZZERS))
$(FUZZERS): $(B)/fuzz/%: tests/fuzz/%.c tests/fuzz/fuzz.h $(B)/fuzz/shared.a \
		$(foreach r,$(ROOMS),$(B)/fuzz/room-$(r).a) $(INSTANCE)/fuzz.o
	@echo ld $@
	@$(CC_fuzz) $(STYLE) $(CPPFLAGS) -c -o $@.o $<
	@$(LD_fuzz) -o $@ $@.o $(INSTANCE)/fuzz.o $(foreach r,$(ROOMS),$(B)/fuzz/room-$(r).a) $(B)/fuzz/shared.a -lskarnet \
		$(if $(filter yes,$(TLS)),$(TLS_LIBS))

check: prepare
	sh tests/run

check-long: prepare
	@sh tests/packages long || echo "no debootstrap: INSTALL is not typed"
	sh tests/run --long

check-deb: prepare
	@sh tests/packages long || echo "no debootstrap: the packages are not installed"
	sh tests/run --long long/deb

BENCH_TOOLS := $(patsubst %,$(B)/bench/%,load disk arrive spawn)
$(B)/bench/load: tests/bench/null.c tests/bench/tls.c
$(B)/bench/load $(B)/bench/arrive: tests/bench/watch.c
ifeq ($(TLS),yes)
$(B)/bench/load: BENCH_CFLAGS := -DWITH_TLS
$(B)/bench/load: BENCH_LIBS := -lssl -lcrypto
endif
$(BENCH_TOOLS): $(B)/bench/%: tests/bench/%.c tests/bench/tool.c $(wildcard tests/bench/*.h)
	@mkdir -p $(@D)
	@$(CC_SYS) $(STYLE) $(BENCH_CFLAGS) -o $@ $(filter %.c,$^) $(BENCH_LIBS)

$(B)/bench/queue: tests/bench/queue.c tests/bench/tool.c tests/bench/tool.h $(B)/sys/shared.a $(INSTANCE)/sys.o
	@mkdir -p $(@D)
	@$(CC_SYS) $(STYLE) $(CPPFLAGS) -Itests/bench -o $@ $(filter %.c %.o %.a,$^) -lskarnet

bench: prepare $(BENCH_TOOLS)
	sh tests/bench/bench

bench-scale: prepare $(BENCH_TOOLS) $(B)/bench/queue
	sh tests/bench/scale

demo:
	sh tests/demo

clean:
	rm -rf $(B)

-include $(shell find $(FLAVOURS:%=$(B)/%) -name "*.d" -type f 2>/dev/null)
