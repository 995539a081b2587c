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
ifdef KERNEL_SRC
KDIR := $(KERNEL_SRC)
else ifneq ($(wildcard /lib/modules/$(RUNNING)/build/Makefile),)
KDIR := /lib/modules/$(RUNNING)/build
else ifneq ($(NEWEST),)
KDIR := $(NEWEST)
FALLBACK := yes
endif
endif

# What a package with the headers of the running kernel is called. WSL's has none.
ifneq ($(findstring icrosoft,$(RUNNING)),)
define PACKAGES
  It is WSL's, and no package has them. docs/building.md says how to build them.
endef
else
define PACKAGES
  Debian, Ubuntu:  sudo apt install linux-headers-$(RUNNING)
  Fedora:          sudo dnf install kernel-devel-$(RUNNING)
  Arch Linux:      sudo pacman -S linux-headers
endef
endif
define NO_HEADERS
There are no headers for the running kernel, $(RUNNING).
$(PACKAGES)
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

# What .config says of the kernel. Some packages have only what make reads of it.
CONFIGS = $(wildcard $(OBJECTS)/.config $(OBJECTS)/include/config/auto.conf)
config = $(shell sed -n 's/^CONFIG_$(1)="*\([^"]*\)"*$$/\1/p' $(or $(CONFIGS),/dev/null) | head -n 1)

# clang builds for a kernel that clang has built, unless a compiler is named.
ifeq ($(LLVM)$(filter command override,$(origin CC)),)
CLANG = $(and $(call config,CC_IS_CLANG),$(if $(call config,LD_IS_LLD),LLVM=1,CC=clang))
endif

# The kernel's word for an architecture: this machine's, and that of the kernel.
arch_word = $(shell $(1) | sed 's/i.86/x86/; s/x86_64/x86/; s/^arm[^6].*/arm/; s/s390x/s390/; \
	s/ppc.*/powerpc/; s/mips.*/mips/; s/aarch64.*/arm64/; s/riscv.*/riscv/; s/loongarch.*/loongarch/')
MACHINE = $(call arch_word,uname -m)
KERNEL_ARCH = $(call arch_word,sed -n 's:^. Linux/\([a-z0-9_]*\) .*:\1:p' $(OBJECTS)/.config 2>/dev/null)

# Where the kernel's build system writes: here, or into a tree of links to the sources.
TREE = $(or $(abspath $(BUILD)),$(CURDIR))

# A path with a space.
SPACED = $(or $(if $(word 2,$(CURDIR)),$(CURDIR)),$(if $(word 2,$(KDIR)),$(KDIR)),$(if $(word 2,$(BUILD)),$(BUILD)))

# PRODUCERS, CONSUMERS and SAMPLES reach Kbuild as make hands variables on.
KBUILD_MAKE = $(MAKE) -C $(KDIR) M=$(TREE) $(CLANG)

# What make sign signs with. DKMS makes these.
KEY = /var/lib/dkms/mok.key
CERT = /var/lib/dkms/mok.pub

.PHONY: all modules tools install modules_install dkms dkms-remove deb clean help headers
.PHONY: links sign

all: modules

modules: links
	+$(KBUILD_MAKE) modules

# One of them: make fifo/fifo.ko
%.ko: links
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
	@test -z "$(SPACED)" || { \
		echo "The kernel's build system takes no space in a path: $(SPACED)" >&2; \
		exit 1; }
	@test -f $(KDIR)/Makefile || { \
		echo "KDIR=$(KDIR): not the build directory of a kernel" >&2; \
		exit 1; }
ifeq ($(ARCH)$(CROSS_COMPILE),)
	@test $(or $(KERNEL_ARCH),$(MACHINE)) = $(MACHINE) || { \
		echo "The kernel of $(OBJECTS) is for $(KERNEL_ARCH), this machine is $(MACHINE):" \
			"make ARCH=$(KERNEL_ARCH) CROSS_COMPILE=PREFIX-" >&2; \
		exit 1; }
endif
	@for tool in $(if $(CLANG),clang $(if $(filter LLVM=1,$(CLANG)),ld.lld llvm-ar)); do \
		command -v $$tool >/dev/null || { \
		echo "clang has built the kernel of $(OBJECTS), and there is no $$tool:" \
			"install clang, lld and llvm, or name a version that you have: make LLVM=-19" >&2; \
		exit 1; }; done
ifdef FALLBACK
	@echo "$$NO_HEADERS" >&2
	@echo "Building for $(KDIR) instead." >&2
endif

# MO is where kernels from 6.13 on write.
links: headers
ifdef BUILD
	@mkdir -p $(TREE)
	@find Kbuild Makefile VERSION fifo producer consumer samples include \
		-type d -exec mkdir -p '$(TREE)/{}' ';' -o '(' -name '*.[ch]' ! -name '*.mod.c' \
		-o -name Kbuild -o -name Makefile -o -name VERSION ')' \
		-exec ln -sfn '$(CURDIR)/{}' '$(TREE)/{}' ';'
	@find $(TREE) -xtype l -lname '$(CURDIR)/*' -delete
else ifndef MO
	@test -w . || { \
		echo "$(CURDIR) cannot be written to: make BUILD=DIR builds in DIR" >&2; \
		exit 1; }
endif

install: modules_install

# The kernel's own depmod would take the modules of this machine, whatever MODLIB is.
modules_install: modules
	+$(KBUILD_MAKE) modules_install INSTALL_MOD_PATH=$(INTO) \
		CONFIG_MODULE_SIG_ALL= cmd_depmod=: quiet_cmd_depmod=
# MODLIB names a tree of another machine, which runs depmod there.
ifndef MODLIB
	PATH=$$PATH:/usr/sbin:/sbin $(DEPMOD) $(if $(INTO),-b $(INTO)) \
		$(or $(RELEASE),$(error no utsrelease.h in $(OBJECTS)/include/generated))
endif

sign: modules
	@packaging/sign "$(firstword $(wildcard $(OBJECTS)/scripts/sign-file $(KDIR)/scripts/sign-file))" \
		"$(or $(call config,MODULE_SIG_HASH),sha256)" "$(KEY)" "$(CERT)" $(or $(MO),$(TREE))

# On this machine, for each kernel that is installed later, too.
dkms:
	packaging/dkms/manage add

dkms-remove:
	packaging/dkms/manage remove

deb:
	packaging/make-deb

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
	@echo 'make SAMPLES=1             also samples/put/put.ko and samples/ping/ping.ko, which show the API'
	@echo 'make BUILD=DIR             in DIR, from sources that cannot be written to'
	@echo 'make sign [KEY=K CERT=C]   signs the modules for Secure Boot: docs/secure-boot.md'
	@echo 'make install [INSTALL_MOD_PATH=DIR]'
	@echo '                           puts them where modprobe finds them'
	@echo 'make dkms [KERNEL=RELEASE] has DKMS build, install and keep them; make dkms-remove'
	@echo 'make deb                   Debian packages, in build/deb'
	@echo 'make tools                 libfifo and fifoctl, in tools/build; make -C tools help'
	@echo 'make docs                  manual pages and kernel-doc as HTML and text, in build/docs'
	@echo 'make clean                 leaves the tree as git has it'
