# SPDX-License-Identifier: GPL-2.0-only
#
# The verbs of the project; `make help` lists them. What they do is in
# xen/Makefile (the hypervisor), tools/dev (scripts) and tools/tests.

.DEFAULT_GOAL := all
include config/options.mk
-include .config

O ?= build
debug ?= $(DEBUG)
XEN_TARGET_ARCH ?= arm32
export V DESTDIR XEN_TARGET_ARCH

ifeq ($(XEN_TARGET_ARCH),arm)
$(info XEN_TARGET_ARCH=arm is taken as arm32, its full name)
override XEN_TARGET_ARCH := arm32
endif
ifneq ($(XEN_TARGET_ARCH),arm32)
$(error XEN_TARGET_ARCH=$(XEN_TARGET_ARCH): this hypervisor is for arm32 only)
endif

XEN_MAKE := O=$(O) debug=$(debug) CONFIG_EARLY_PRINTK=$(CONFIG_EARLY_PRINTK)

all: xen                             ## the hypervisor image (as xen and dist do)

# --- build ---------------------------------------------------------------

xen:                                 ## only the hypervisor: xen/xen, xen-syms, xen-uImage
	+@$(MAKE) --no-print-directory -f xen/Makefile $(XEN_MAKE)

dist dist-xen: xen                   ## as in Xen

dist-stubdom:                        ## the store domain: build/stubdom/xenstore-stubdom
	@tools/dev/deps stubdom
	+@$(MAKE) --no-print-directory -C tools/stubdom O=$(abspath $(O))

dist-tools:                          ## the tools, for armhf: O/tools; as in Xen
	@tools/dev/deps tools
	+@$(MAKE) --no-print-directory -C tools O=$(abspath $(O))

install-tools: dist-tools            ## into DESTDIR: programs, libraries, headers, pkg-config
	+@$(MAKE) --no-print-directory -C tools O=$(abspath $(O)) install

prefix ?= /usr
installed := xen dist-tools dist-stubdom docs
install: $(installed)                ## all of it, into DESTDIR and prefix (/usr)
	@O=$(O) tools/dev/install $(prefix)

uninstall:                           ## what install has put there
	@O=$(O) tools/dev/install --remove $(prefix)

deb: $(installed)                    ## Debian packages for armhf, in build/deb
	@O=$(O) tools/dev/mkdeb

.PHONY: install uninstall deb

defconfig:                           ## write .config with the defaults of config/options.mk
	@sed -n 's/^\(CONFIG_[A-Z_]*\|[A-Z_]*\) ?= /\1 := /p' config/options.mk \
	  > .config
	@echo "  wrote .config"

# --- run -----------------------------------------------------------------

BOARD ?= virt
export BOARD

## Variables of run and gdb; those with * also of sdcard:
##   BOARD=virt|dra7-evm *    the machine
##   G=hello                  a guest of tools/tests/guests instead of Debian
##   KERNEL=, INITRD= *       files of your own; INITRD= (empty): none. With
##                            one of these run shows no demonstration
##   STORE= *                 build/stubdom/xenstore-stubdom (of dist-stubdom):
##                            the store is that domain. The demonstration has
##                            it anyway, nothing else without this word
##   SMP=2 MEM=1024           CPUs (virt), MiB of RAM (dra7-evm: 1536)
##   XEN_ARGS=, DOM0_ARGS= *  words added to either command line
##   DOM0_MEM=512M *          domain 0's memory (dra7-evm)

goal := $(firstword $(filter run gdb sdcard,$(MAKECMDGOALS)))

# What is run is the demonstration, unless something else is asked for; as
# tools/dev/run decides it.
asked := $(strip $(filter-out virt,$(BOARD)) $(filter-out run,$(goal)) $(G) \
  $(foreach v,KERNEL INITRD STORE,$(filter-out undefined,$(origin $v))))
demo := $(if $(goal),$(if $(asked),,demo))
inputs := build-deps xen $(or $(demo),$(O)/initrd.gz $(if $(G),guests))

run: $(inputs)                       ## boot Debian as domain 0 on QEMU, show guests; or G=hello, a test guest
	@O=$(O) tools/dev/run $(if $(G),-G $(G))

gdb: $(inputs)                       ## the same, stopped, with gdb attached
	@O=$(O) tools/dev/run -g $(if $(G),-G $(G))

sdcard: build-deps $(O)/initrd.gz xen ## a card for BOARD=dra7-evm, with boot.scr and xen.itb
	@O=$(O) tools/dev/mksdcard
	@$(if $(filter build,$(O)),cp -f $(O)/boot.scr $(O)/xen.itb xen/)
	@echo "  SDCARD  $(O)/sdcard-$(BOARD).img"

# What the verb and the board need; a board that QEMU lacks is built once.
build-deps:
	@case "$(BOARD)-$(goal)" in \
	virt-sdcard) echo "make: sdcard is for a board that boots from a card:" \
	  "use BOARD=dra7-evm" >&2; exit 1 ;; \
	virt-* | dra7-evm-*) ;; \
	*) echo "make: BOARD=$(BOARD) is not known: use virt or dra7-evm" >&2; \
	  exit 1 ;; \
	esac
	@tools/dev/deps $(or $(filter gdb sdcard,$(goal)),$(demo),run)
	@case "$(BOARD)-$(goal)" in dra7-evm-run | dra7-evm-gdb) \
	  tools/dev/deps board && tools/board/build >/dev/null ;; esac

$(O)/initrd.gz: tools/dev/mkinitrd | build-deps
	@printf '  %-7s %s\n' INITRD $@
	@tools/dev/mkinitrd $@

# Domain 0 with our tools, and the store's domain.
demo: dist-tools dist-stubdom | build-deps
	@$(MAKE) --no-print-directory $(O)/demo.gz

demo_files := $(wildcard tools/dev/xl/* $(addprefix $(O)/,tools/bin/* \
  tools/lib/*.so.* stubdom/xenstore-stubdom))

$(O)/demo.gz: tools/dev/mkxl $(demo_files)
	@printf '  %-7s %s\n' INITRD $@
	@O=$(O) tools/dev/mkxl -o $@

xen dist-tools dist-stubdom: | $(if $(goal),build-deps)

guests: xen                          # what G names is one of them
	@$(MAKE) --no-print-directory -s -C tools/tests/guests \
	  O=$(abspath $(O))

# --- test ----------------------------------------------------------------

# The emulated DRA7 is there for T=dra7..., and when all is tested.
wants_board = $(if $(T),$(filter dra7 dra7/%,$(T)),dra7)
# What there is to say against T, before anything is built for it.
refusal = $(if $(T),$(shell O=$(O) $(if $(filter accept,$(MAKECMDGOALS)),\
  COUNTS=full) tools/tests/run -l $(T) 2>&1 >/dev/null))

check: check-deps                    ## all tests; T=unit/port one of them
	@$(if $(refusal),$(error $(refusal)))
	@$(MAKE) --no-print-directory test-inputs $(if $(wants_board),board-inputs)
	@O=$(O) tools/tests/run $(T)

check-virt: check-deps               ## only the tests that boot QEMU's virt
	@$(if $(refusal),$(error $(refusal)))
	@$(MAKE) --no-print-directory test-inputs
	@O=$(O) tools/tests/run $(or $(T),system)

check-dra7: check-deps               ## only the tests on the emulated DRA7
	@$(if $(refusal),$(error $(refusal)))
	@$(MAKE) --no-print-directory test-inputs board-inputs
	@O=$(O) tools/tests/run $(or $(T),dra7)

board:                               ## QEMU with the machine dra7-evm, cached: five minutes
	@tools/dev/deps board
	@tools/board/build

accept: check-deps                   ## all tests, with the full counts
	@$(if $(refusal),$(error $(refusal)))
	@$(MAKE) --no-print-directory test-inputs $(if $(wants_board),board-inputs)
	@O=$(O) COUNTS=full tools/tests/run $(T)

layers:                              ## includes and calls go down only
	@tools/dev/check-layers.py
	@tools/dev/check-symbols.py arm-none-eabi-nm $(O)/obj $(O)/xen-syms

layers: xen

style:                               ## the rules of docs/process/style.md
	@tools/dev/check-style.py
	@tools/dev/fmt --check

fmt:                                 ## clang-format the changed files
	@tools/dev/fmt

check-deps:
	@tools/dev/deps check

# What the tests boot, built once and before them. A test tells itself what it
# lacks, so that a failed build does not keep the others from running; what is
# left of an earlier build goes, so that none of them tries that.
test-inputs:
	@mkdir -p $(O)
	@{ $(MAKE) --no-print-directory xen $(O)/initrd.gz && \
	  $(MAKE) --no-print-directory xen O=$(O)/early \
	    CONFIG_EARLY_PRINTK=virt && \
	  $(MAKE) --no-print-directory demo && \
	  $(MAKE) --no-print-directory -C tools/tests/guests \
	    O=$(abspath $(O)) && \
	  $(MAKE) --no-print-directory -C tools/tests/bench \
	    O=$(abspath $(O)) plugin; \
	} >$(O)/inputs.log 2>&1 || \
	  { echo "make: what the tests boot is not complete:"; \
	    tail -n 12 $(O)/inputs.log; \
	    rm -f $(O)/xen $(O)/guests/*.bin $(O)/stubdom/xenstore-stubdom; }

board-inputs:
	@mkdir -p $(O)
	@test -x "$$(tools/board/build -n)" || \
	  echo "  BOARD   the emulated DRA7 is built, once: five minutes"
	@{ $(MAKE) --no-print-directory board && \
	  $(MAKE) --no-print-directory xen O=$(O)/dra7-early debug=y \
	    CONFIG_EARLY_PRINTK=dra7; } >$(O)/board-inputs.log 2>&1 || \
	  { echo "make: what the tests on the DRA7 need is not complete:"; \
	    tail -n 3 $(O)/board-inputs.log; }

.PHONY: check check-virt check-dra7 board accept layers style fmt check-deps
.PHONY: test-inputs board-inputs

tags:                                ## ctags
	@ctags -R xen tools

# --- measure, document ---------------------------------------------------

bench: xen                           ## what each operation costs, beside Debian's Xen
	@tools/dev/deps check
	@$(MAKE) --no-print-directory -C tools/tests/bench O=$(abspath $(O)) \
	  XEN=$(abspath $(O))/xen ARGS="$(ARGS)"

docs:                                ## HTML, in build/docs
	@tools/dev/deps docs
	@tools/dev/gen-docs.py $(O)/docs

.PHONY: bench docs

# --- tidy ----------------------------------------------------------------

clean:                               ## remove what was built
	rm -rf build xen/xen xen/xen-syms xen/xen-syms.map xen/xen-uImage \
	  xen/boot.scr xen/xen.itb

distclean: clean                     ## clean, and remove .config
	rm -f .config tags cscope.out

help:                                ## this list
	@sed -n 's/^\([a-z][a-z0-9 -]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | \
	  awk -F'\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

.PHONY: run gdb sdcard build-deps guests demo
.PHONY: dist-tools install-tools
.PHONY: all xen dist dist-xen dist-stubdom defconfig clean distclean help

# What is none of the above; that there is no .config is no mistake.
.config: ;
.DEFAULT:
	@$(error no verb '$@': make help lists them)
