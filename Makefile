# SPDX-License-Identifier: GPL-2.0
#
# make                   builds fifo.ko, producer.ko and consumer.ko
# make tools             builds libfifo and fifoctl
# make help              says what else there is
#
# The kernel's build system does the work, and reads Kbuild.

RUNNING := $(shell uname -r)
NEWEST = $(shell ls -d /lib/modules/*/build 2>/dev/null | sort -V | tail -n 1)

ifndef KDIR
ifneq ($(wildcard /lib/modules/$(RUNNING)/build/Makefile),)
KDIR := /lib/modules/$(RUNNING)/build
else ifneq ($(NEWEST),)
KDIR := $(NEWEST)
FALLBACK := yes
endif
endif

# What a package with the headers of the running kernel is called.
define NO_HEADERS
There are no headers for the running kernel, $(RUNNING).
  Debian, Ubuntu:  sudo apt install linux-headers-$(RUNNING)
  Fedora:          sudo dnf install kernel-devel-$(RUNNING)
  Arch Linux:      sudo pacman -S linux-headers
Or name a kernel's build directory: make KDIR=/path/to/it
Or try the modules in a virtual machine, which needs neither: ./scripts/demo
endef
export NO_HEADERS

# The kernel's build system runs in another directory.
INTO = $(abspath $(INSTALL_MOD_PATH))
# Where the kernel has what is not source: O is its build system's.
OBJECTS = $(or $(O),$(KDIR))
# Debian's kernel.release lacks what its packages append.
RELEASE = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(OBJECTS)/include/generated/utsrelease.h 2>/dev/null)
DEPMOD = depmod

# PRODUCERS, CONSUMERS and SAMPLES reach Kbuild as make hands variables on.
KBUILD_MAKE = $(MAKE) -C $(KDIR) M=$(CURDIR)

.PHONY: all modules tools install modules_install dkms dkms-remove deb clean help headers

all: modules

modules: headers
	+$(KBUILD_MAKE) modules

# One of them: make fifo/fifo.ko
%.ko: headers
	+$(KBUILD_MAKE) $@

# User space: needs no kernel's headers.
tools:
	+$(MAKE) -C tools

.PHONY: docs
docs:
	scripts/docs

headers:
ifndef KDIR
	@echo "$$NO_HEADERS" >&2; exit 1
endif
	@test -f $(KDIR)/Makefile || { \
		echo "KDIR=$(KDIR): not the build directory of a kernel" >&2; \
		exit 1; }
	@test $(words $(CURDIR)) = 1 || { \
		echo "The kernel's build system takes no space in a path: $(CURDIR)" >&2; \
		exit 1; }
ifeq ($(LLVM)$(filter command environment%,$(origin CC)),)
	@! grep -qsx CONFIG_CC_IS_CLANG=y $(OBJECTS)/.config || { \
		echo "clang has built the kernel of $(OBJECTS): make LLVM=1" >&2; \
		exit 1; }
endif
ifdef FALLBACK
	@echo "$$NO_HEADERS" >&2
	@echo "Building for $(KDIR) instead." >&2
endif

install: modules_install

modules_install: modules
	+$(KBUILD_MAKE) modules_install INSTALL_MOD_PATH=$(INTO) \
		CONFIG_MODULE_SIG_ALL=
# Who names MODLIB installs into a tree of another machine, which runs depmod there.
ifndef MODLIB
	PATH=$$PATH:/usr/sbin:/sbin $(DEPMOD) $(if $(INTO),-b $(INTO)) \
		$(or $(RELEASE),$(error no utsrelease.h in $(OBJECTS)/include/generated))
endif

# On this machine, for each kernel that is installed later, too.
dkms:
	+packaging/dkms/manage add

dkms-remove:
	+packaging/dkms/manage remove

deb:
	+packaging/make-deb

clean:
	find . -path ./.git -prune -o \( -name '*.o' -o -name '*.ko' \
		-o -name '*.mod' -o -name '*.mod.c' -o -name '.*.cmd' \
		-o -name '.*.d' -o -name 'modules.order' \
		-o -name 'Module.symvers' -o -name '.Module.symvers.cmd' \
		-o -name '.modules.order.cmd' \) -type f -exec rm -f {} +
	rm -rf .tmp_versions build tools/build

help:
	@echo 'make                       for the running kernel, or the newest with headers'
	@echo 'make KDIR=DIR              for the kernel whose build directory this is'
	@echo 'make PRODUCERS="a b" CONSUMERS="c"'
	@echo '                           also producer_a.ko, producer_b.ko, consumer_c.ko'
	@echo 'make SAMPLES=1             also samples/ping/ping.ko, which shows the API'
	@echo 'make install [INSTALL_MOD_PATH=DIR]'
	@echo '                           puts them where modprobe finds them'
	@echo 'make dkms [KERNEL=RELEASE]  has DKMS build, install and keep them; make dkms-remove'
	@echo 'make deb                   Debian packages, in build/deb'
	@echo 'make tools                 libfifo and fifoctl, in tools/build; make -C tools help'
	@echo 'make docs                  manual pages and kernel-doc as HTML and text, in build/docs'
	@echo 'make clean                 leaves the tree as git has it'
