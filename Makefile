# SPDX-License-Identifier: GPL-2.0-or-later
# oddns: `sudo make run` watches the default NIC, `sudo make test` proves it works.

PREFIX  ?= /usr/local
DESTDIR ?=
BUILD   ?= build
CC      ?= cc
CLANG   ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
Q       := $(if $(V),,@)

# "0" for root, who gets missing packages installed before anything is built.
ROOT    := $(filter 0,$(shell id -u))
AGAIN    = $(MAKE) --no-print-directory $(if $(V),,-s)

VERSION := 0.1.0

# --- what must be installed: the one list ---------------------------------------------------------
DEPS_BUILD := gcc libc6-dev clang bpftool pkg-config libbpf-dev libelf-dev zlib1g-dev \
	libsystemd-dev libpcap-dev libinih-dev libxxhash-dev libjansson-dev libsqlite3-dev libpcre2-dev \
	libpsl-dev libhpdf-dev libsodium-dev bison flex procps
DEPS_TEST := libcriterion-dev clang-format libclang-rt-14-dev llvm python3 iproute2 ethtool systemd \
	knot dnsdist dnsperf bind9-dnsutils tcpreplay tcpdump qemu-system-x86 cpio kmod \
	debian-archive-keyring libxdp1 xdp-tools libldns-dev tshark sqlite3 poppler-utils publicsuffix

# --- flags ----------------------------------------------------------------------------------------
PKGS     := libbpf libsystemd libpcap inih libxxhash jansson sqlite3 libpcre2-8 libpsl libsodium
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror
CPPFLAGS += -Iinclude -Iuser -Itests -I$(BUILD) -D_GNU_SOURCE -DODDNS_VERSION='"$(VERSION)"' \
	-DODDNS_PREFIX='"$(PREFIX)"'
CFLAGS   ?= -O2 -g
CFLAGS_LINK := $(CFLAGS)
override CFLAGS += -std=gnu11 $(WARNINGS) -MMD -MP
LDLIBS    = $(shell pkg-config --libs $(PKGS)) -lhpdf -lpthread -lm
BPFFLAGS := -target bpf -mcpu=v3 -O2 -g -std=gnu11 -Wall -Wextra -Wno-unused-parameter -Werror -D__bpf__ \
	-Iinclude -Ivmlinux -Ibpf

LIB_SRC  := $(filter-out user/main.c,$(wildcard user/*.c user/*/*.c))
# Written by bison and flex, in $(BUILD)/query; compiled like the others.
GEN_SRC  := $(BUILD)/query/parser.tab.c $(BUILD)/query/lexer.c
UNIT_SRC := $(wildcard tests/unit/*.c)
BPF_SRC  := $(wildcard tests/bpf/*.c)
SCENARIO_SRC := $(wildcard tests/scenario/*.c)
FUZZ_SRC := $(wildcard tests/fuzz/*.c)
# Packets and what must become of them, for unit and bpf alike.
PACKET_SRC := $(wildcard tests/packet/*.c)
SKEL     := $(BUILD)/oddns.skel.h

# Variants: the same sources with other flags, each in a folder of its own.
VARIANTS     := plain asan fuzz
FLAGS_plain  := -flto=auto
FLAGS_asan   := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
FLAGS_fuzz   := -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined \
	-fno-omit-frame-pointer
AR_plain     := gcc-ar
AR_asan      := ar
AR_fuzz      := ar
CC_plain     := $(CC)
CC_asan      := $(CC)
CC_fuzz      := $(CLANG)

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all help deps deps-build clean format vmlinux test lint unit test-programs lint-flags
all: $(BUILD)/oddns

# --- kernel programs ------------------------------------------------------------------------------
$(BUILD)/oddns.bpf.o: bpf/oddns.bpf.c $(wildcard bpf/*.h include/oddns/*.h vmlinux/*.h)
	@mkdir -p $(@D)
	@echo "  BPF      $<"
	$(Q)$(CLANG) $(BPFFLAGS) -c $< -o $(BUILD)/oddns.full.o
	$(Q)$(BPFTOOL) gen object $@ $(BUILD)/oddns.full.o

$(SKEL): $(BUILD)/oddns.bpf.o
	@echo "  SKEL     $@"
	$(Q)$(BPFTOOL) gen skeleton $< name oddns_bpf > $@

# --- the filter language --------------------------------------------------------------------------
$(BUILD)/query/parser.tab.c: user/query/parser.y
	@mkdir -p $(@D)
	@echo "  BISON    $<"
	$(Q)bison -Wall -Werror --no-lines -d -o $@ $<

$(BUILD)/query/parser.tab.h: $(BUILD)/query/parser.tab.c

$(BUILD)/query/lexer.c: user/query/lexer.l
	@mkdir -p $(@D)
	@echo "  FLEX     $<"
	$(Q)flex --noline -o $@ $<

# --- user space, once for each variant ------------------------------------------------------------
define variant
$(BUILD)/$(1)/%.o: %.c | $(SKEL)
	@mkdir -p $$(@D)
	@echo "  CC       $$< ($(1))"
	$(Q)$(CC_$(1)) $(CPPFLAGS) $(CFLAGS) $(FLAGS_$(1)) -c $$< -o $$@

# What bison and flex write, with the same warnings as what people write.
$(BUILD)/$(1)/query/%.o: $(BUILD)/query/%.c $(BUILD)/query/parser.tab.h
	@mkdir -p $$(@D)
	@echo "  CC       $$< ($(1))"
	$(Q)$(CC_$(1)) $(CPPFLAGS) $(CFLAGS) $(FLAGS_$(1)) -c $$< -o $$@

$(BUILD)/$(1)/user/query/filter.o: $(BUILD)/query/parser.tab.h

$(BUILD)/$(1)/liboddns.a: $(LIB_SRC:%.c=$(BUILD)/$(1)/%.o) \
		$(GEN_SRC:$(BUILD)/%.c=$(BUILD)/$(1)/%.o)
	@echo "  AR       $$@"
	$(Q)rm -f $$@ && $(AR_$(1)) rcs $$@ $$^

$(BUILD)/$(1)/oddns: $(BUILD)/$(1)/user/main.o $(BUILD)/$(1)/liboddns.a
	@echo "  LD       $$@"
	$(Q)$(CC_$(1)) $(CFLAGS_LINK) $(FLAGS_$(1)) $(LDFLAGS) $$^ $$(LDLIBS) -o $$@

$(BUILD)/$(1)/unit: $(UNIT_SRC:%.c=$(BUILD)/$(1)/%.o) $(PACKET_SRC:%.c=$(BUILD)/$(1)/%.o) \
		$(BUILD)/$(1)/liboddns.a
	@echo "  LD       $$@"
	$(Q)$(CC_$(1)) $(CFLAGS_LINK) $(FLAGS_$(1)) $(LDFLAGS) $$^ $$(LDLIBS) -lcriterion -o $$@

$(BUILD)/$(1)/bpf: $(BPF_SRC:%.c=$(BUILD)/$(1)/%.o) $(PACKET_SRC:%.c=$(BUILD)/$(1)/%.o) \
		$(BUILD)/$(1)/liboddns.a
	@echo "  LD       $$@"
	$(Q)$(CC_$(1)) $(CFLAGS_LINK) $(FLAGS_$(1)) $(LDFLAGS) $$^ $$(LDLIBS) -lcriterion -o $$@

$(BUILD)/$(1)/scenario: $(SCENARIO_SRC:%.c=$(BUILD)/$(1)/%.o) $(BUILD)/$(1)/liboddns.a
	@echo "  LD       $$@"
	$(Q)$(CC_$(1)) $(CFLAGS_LINK) $(FLAGS_$(1)) $(LDFLAGS) $$^ $$(LDLIBS) -o $$@
endef
$(foreach v,$(VARIANTS),$(eval $(call variant,$(v))))

# -f: the one there may be running.
$(BUILD)/oddns: $(BUILD)/plain/oddns
	$(Q)cp -f $< $@

# One fuzzer for each file in tests/fuzz.
$(BUILD)/fuzz/fuzz_%: $(BUILD)/fuzz/tests/fuzz/fuzz_%.o $(BUILD)/fuzz/liboddns.a
	@echo "  LD       $@"
	$(Q)$(CLANG) $(FLAGS_fuzz) -fsanitize=fuzzer $^ $(LDLIBS) -o $@

# The seeds of fuzz_packet are in the tree; this writes them again from tests/packet.
.PHONY: packet-seeds
packet-seeds: $(BUILD)/plain/packet_seeds
	$(Q)mkdir -p tests/fuzz/seeds/packet && $< tests/fuzz/seeds/packet

$(BUILD)/plain/packet_seeds: $(BUILD)/plain/tests/packet/seeds/seeds.o \
		$(filter-out %/check.o,$(PACKET_SRC:%.c=$(BUILD)/plain/%.o))
	@echo "  LD       $@"
	$(Q)$(CC) $(LDFLAGS) $^ -o $@

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# --- tests ----------------------------------------------------------------------------------------
# run.py builds test-programs itself, so that a failed build is a failed test with a last line as
# always. `make test SUITES="lint unit"` runs some; `tests/run.py --list` names them.
PYTHON ?= /usr/bin/python3
SUITES ?=

test: $(ROOT:0=deps)
	+$(Q)MAKE="$(MAKE)" $(PYTHON) tests/run.py $(SUITES)

lint unit:
	+$(Q)MAKE="$(MAKE)" $(PYTHON) tests/run.py $@

test-programs: $(BUILD)/oddns $(BUILD)/plain/unit $(BUILD)/asan/unit $(BUILD)/plain/bpf \
	$(BUILD)/plain/scenario $(BUILD)/asan/scenario $(BUILD)/asan/oddns \
	$(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)

# What another loads beside oddns, in the guest of tests/kernels.
test-programs: $(BUILD)/neighbour.bpf.o
$(BUILD)/neighbour.bpf.o: tests/kernels/neighbour.bpf.c $(wildcard vmlinux/*.h)
	@mkdir -p $(@D)
	@echo "  BPF      $<"
	$(Q)$(CLANG) $(BPFFLAGS) -c $< -o $@

# Under other kernels, emulated: all that there are, or KERNELS="6.1 6.12". Two minutes each.
KERNELS ?=

.PHONY: test-kernels
test-kernels: $(ROOT:0=deps)
	$(Q)$(AGAIN) $(BUILD)/oddns $(BUILD)/plain/bpf $(BUILD)/neighbour.bpf.o
	$(Q)$(PYTHON) tests/kernels/kernels.py $(KERNELS)

# What the lint compiles headers with: user space on the first line, kernel programs on the second.
lint-flags:
	$(info $(CC) $(filter-out -MMD -MP,$(CPPFLAGS) $(CFLAGS)))
	$(info $(CLANG) $(BPFFLAGS))
	@:

# --- use it ---------------------------------------------------------------------------------------
# `sudo make run` on a machine with only git and make: installs packages, builds, watches.
.PHONY: run
run: $(ROOT:0=deps-build)
	$(Q)$(AGAIN) $(BUILD)/oddns
	$(Q)$(BUILD)/oddns run $(foreach i,$(IFACE),-i $(i)) $(ARGS)

# --- chores ---------------------------------------------------------------------------------------
help:
	@echo "make              build build/oddns"
	@echo "make run          install what the build needs, build, watch; IFACE=eth1, ARGS=..."
	@echo "make test         install what tests need, run all; SUITES=\"lint unit\" runs some"
	@echo "make test-kernels under Debian's kernels from 6.1 on, emulated; KERNELS=\"6.1 7\" chooses"
	@echo "make demo         show a slow server being found, in namespaces"
	@echo "make lab          against real DNS servers, in namespaces; ONLY=VLAN chooses"
	@echo "make bench        measure; BENCH=\"kernel user.exchange\" chooses"
	@echo "make install      PREFIX=/usr/local, DESTDIR=; make uninstall undoes it"
	@echo "make deps         install the packages to build and to test; deps-build: to build"
	@echo "make format vmlinux clean"

# `run` and `install` get no more than the build needs.
.PHONY: deps-build
deps:
	$(Q)./packages.sh $(DEPS_BUILD) $(DEPS_TEST)

deps-build:
	$(Q)./packages.sh $(DEPS_BUILD)

format:
	$(Q)clang-format -i $$(git ls-files '*.c' '*.h' | grep -v '^vmlinux/')

# Needs a kernel with BTF. Written beside and moved, so that a failure leaves the old one.
vmlinux:
	$(Q)vmlinux/generate.py $(BPFTOOL) > vmlinux/vmlinux.h.new && mv vmlinux/vmlinux.h.new vmlinux/vmlinux.h

clean:
	$(Q)rm -rf $(BUILD)

# --- install --------------------------------------------------------------------------------------
# journald reads catalogs from /usr/lib/systemd/catalog only, so that one knows no PREFIX. An
# existing configuration is kept, and is left behind by uninstall, as it is the administrator's.
SBINDIR    := $(PREFIX)/sbin
UNITDIR    := $(PREFIX)/lib/systemd/system
MANDIR     := $(PREFIX)/share/man/man8
BASHDIR    := $(PREFIX)/share/bash-completion/completions
CATALOGDIR := /usr/lib/systemd/catalog
CONFDIR    := /etc/oddns

.PHONY: install uninstall
install: $(if $(DESTDIR),,$(ROOT:0=deps-build))
	$(Q)$(AGAIN) $(BUILD)/oddns
	$(Q)install -D -m 755 $(BUILD)/oddns $(DESTDIR)$(SBINDIR)/oddns
	$(Q)install -d $(DESTDIR)$(UNITDIR)
	$(Q)sed 's,@SBINDIR@,$(SBINDIR),' user/dist/oddns.service > $(DESTDIR)$(UNITDIR)/oddns.service
	$(Q)chmod 644 $(DESTDIR)$(UNITDIR)/oddns.service
	$(Q)install -D -m 644 user/dist/oddns.catalog $(DESTDIR)$(CATALOGDIR)/oddns.catalog
	$(Q)install -D -m 644 user/dist/oddns.8 $(DESTDIR)$(MANDIR)/oddns.8
	$(Q)install -D -m 644 user/dist/oddns.bash-completion $(DESTDIR)$(BASHDIR)/oddns
	$(Q)test -e $(DESTDIR)$(CONFDIR)/oddns.conf || \
		install -D -m 644 user/dist/oddns.conf $(DESTDIR)$(CONFDIR)/oddns.conf
	$(Q)test -n "$(DESTDIR)" || $(MAKE) -s registered

uninstall:
	$(Q)rm -f $(DESTDIR)$(SBINDIR)/oddns $(DESTDIR)$(UNITDIR)/oddns.service \
		$(DESTDIR)$(CATALOGDIR)/oddns.catalog $(DESTDIR)$(MANDIR)/oddns.8 \
		$(DESTDIR)$(BASHDIR)/oddns
	$(Q)test -n "$(DESTDIR)" || $(MAKE) -s registered

# Tell the running system; a machine without systemd has nobody to tell.
.PHONY: registered
registered:
	$(Q)! command -v journalctl >/dev/null || journalctl --update-catalog
	$(Q)! test -d /run/systemd/system || systemctl daemon-reload

# What tests/lab/journal.sh sends alerts with.
test-programs: $(BUILD)/plain/alert_sender
$(BUILD)/plain/alert_sender: $(BUILD)/plain/tests/lab/alert_sender.o $(BUILD)/plain/liboddns.a
	@echo "  LD       $@"
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@

# The decoders that tests/records compares; ours with sanitizers.
RECORDS := $(addprefix $(BUILD)/records/,decode ldns_read ldns_make)

test-programs: $(RECORDS)
$(BUILD)/records/decode: $(BUILD)/asan/tests/records/decode.o $(BUILD)/asan/liboddns.a
	@mkdir -p $(@D)
	@echo "  LD       $@"
	$(Q)$(CC) $(CFLAGS_LINK) $(FLAGS_asan) $(LDFLAGS) $^ $(LDLIBS) -o $@

$(BUILD)/records/ldns_%: $(BUILD)/plain/tests/records/ldns_%.o
	@mkdir -p $(@D)
	@echo "  LD       $@"
	$(Q)$(CC) $(CFLAGS_LINK) $(LDFLAGS) $^ -lldns -o $@

# --- bench ----------------------------------------------------------------------------------------
# Rows NAME VALUE UNIT on stdout, targets on stderr; `make bench BENCH="kernel user.exchange"`
# measures some. All but user and replay.native need root. Takes about four minutes.
BENCH     ?=
BENCH_SRC := $(wildcard tests/bench/*.c)

.PHONY: bench
$(BUILD)/plain/bench: $(BENCH_SRC:%.c=$(BUILD)/plain/%.o) $(BUILD)/plain/liboddns.a
	@echo "  LD       $@" >&2
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@

bench: $(ROOT:0=deps)
	$(Q)$(AGAIN) $(BUILD)/plain/bench $(BUILD)/oddns >&2
	$(Q)$(BUILD)/plain/bench $(BUILD)/oddns $(BENCH)

# --- lab: the daemon against real servers, in namespaces of its own (root) -------------------------
# Texts that choose scenarios by name, for instance: make lab ONLY=VLAN
ONLY    ?=

.PHONY: lab demo
lab: $(ROOT:0=deps)
	$(Q)$(AGAIN) $(BUILD)/oddns
	$(Q)$(PYTHON) tests/lab/lab.py $(BUILD)/oddns $(if $(ONLY),'$(ONLY)')

demo: $(ROOT:0=deps)
	$(Q)$(AGAIN) $(BUILD)/oddns
	$(Q)$(PYTHON) tests/lab/demo.py $(BUILD)/oddns
