# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The disposable virtual machine: its memory image of files, and QEMU.
#
# A VM directory holds what a boot needs: vmlinuz, base.cpio, accel, and qemu where
# it is not the installed one. What a guest shall do is a second, small archive laid
# over base.cpio: guest/main is what init runs.

# vm_build DIRECTORY MODULES [ADD]: make a VM directory with the modules found below
# MODULES; the function ADD puts more into a tree. The archives appear whole or not at
# all.
vm_build() {
	local dir=$1 modules=$2 add=${3:-true} tree

	mkdir -p "$dir"
	tree=$(mktemp -d "$dir/root.XXXXXX")
	vm_add_tools "$tree"
	vm_add_modules "$tree" "$modules"
	"$add" "$tree"
	vm_archive "$tree" >"$dir/base.cpio.new"
	mv "$dir/base.cpio.new" "$dir/base.cpio"
	rm -r "$tree"
	ln -sfn "$kernel_dir/vmlinuz" "$dir/vmlinuz"
	[[ -e $dir/accel ]] || vm_probe_accel "$dir"
	qemu_prepare "$dir"
}

# newc pads every archive to four bytes, so that archives can be chained. The same files
# make the same bytes: where instructions are counted, those that unpack it count, too.
vm_archive() {
	find "$1" -mindepth 1 -exec touch -hd @0 {} +
	(cd "$1" && find . -mindepth 1 | LC_ALL=C sort | cpio -o -H newc -R 0:0 --reproducible --quiet)
}

vm_add_tools() {
	local tree=$1 applet tool

	mkdir -p "$tree"/{bin,dev,etc,lib,proc,run,sys,tmp,guest}
	ln -s bin "$tree/sbin"
	for applet in $(busybox --list); do
		[[ $applet == busybox ]] || ln -s busybox "$tree/bin/$applet"
	done
	vm_add_programs "$tree"
	for tool in depmod insmod lsmod modinfo modprobe rmmod; do
		ln -sf kmod "$tree/bin/$tool"
	done
	ln -sf bash "$tree/bin/sh"
	install -m 755 "$root/vm/init" "$tree/init"
}

vm_add_programs() {
	local name

	if kernel_is_foreign; then
		cp -a --remove-destination "$kernel_dir"/programs/{bin,lib,usr} "$1/"
		return
	fi
	for name in busybox bash kmod; do
		vm_add_program "$1" "$name"
	done
}

# vm_add_program TREE PROGRAM: with the libraries that it loads.
vm_add_program() {
	local program library

	program=$(command -v "$2") || die "this machine has no $2, which the virtual machine needs"
	cp -L --remove-destination "$program" "$1/bin/"
	while IFS= read -r library; do
		mkdir -p "$1${library%/*}"
		cp -L "$library" "$1$library"
	done < <(ldd "$program" 2>/dev/null | grep -o '/[^ ]*')
}

# The modules that make has built last. A tree may have others, of sources that are no
# more there.
vm_built_modules() {
	local module name

	while IFS= read -r module; do
		name=${module#"$1"/}
		! grep -qF "${name%.ko}." "$1/modules.order" || printf '%s\n' "$module"
	done < <(find "$1" -name '*.ko')
}

vm_add_modules() {
	local tree=$1 modules=$2 dir=$1/lib/modules/$kernel_release

	mkdir -p "$dir/extra"
	ln -s "lib/modules/$kernel_release/extra" "$tree/modules"
	vm_built_modules "$modules" | xargs cp -t "$dir/extra"
	build_strip "$dir"/extra/*.ko
	touch "$dir"/modules.{order,builtin,builtin.modinfo}
	depmod -b "$tree" "$kernel_release"
}

# vm_command DIRECTORY [OPTION VALUE]…: set the array vm_argv to the command
# that boots. Each port is given as a QEMU character device without its id, and the
# monitor as the two named pipes PIPE.in and PIPE.out.
#	--accel NAME --initrd FILE --cpus N --memory MB --append TEXT
#	--counted yes: the clock counts instructions, a nanosecond for each
#	--plugin FILE,NAME=VALUE…: of TCG, which counts with it
#	--given FILE: as opt/fifo/given in fw_cfg
#	--restored FILE: the state to go on from
#	--disk FILE: /dev/vda, which is not written to
#	--console DEVICE --results DEVICE --files DEVICE --monitor PIPE
vm_command() {
	local dir=$1 accel=${FIFO_ACCEL-} initrd='' cpus=2 memory=512 append=''
	local console=null results=null files=null monitor='' kernel
	local -a counted=() plugin=() given=() restored=() disk=()

	shift
	while (($#)); do
		case $1 in
		--accel) accel=$2 ;;
		--initrd) initrd=$2 ;;
		--cpus) cpus=$2 ;;
		--memory) memory=$2 ;;
		--append) append=$2 ;;
		--counted) counted=(-icount "shift=0,sleep=off" -rtc "base=2020-01-01,clock=vm" -seed 1) ;;
		--plugin) plugin=(-plugin "$2") ;;
		--given) given=(-fw_cfg "name=opt/fifo/given,file=$2") ;;
		--restored) restored=(-incoming "exec:cat $2") ;;
		--disk) disk=(-drive "file=$2,format=raw,if=none,id=disk,readonly=on" -device "virtio-blk-pci,drive=disk") ;;
		--console) console=$2 ;;
		--results) results=$2 ;;
		--files) files=$2 ;;
		--monitor) monitor=$2 ;;
		esac
		shift 2
	done
	kernel=$(readlink "$dir/vmlinuz")
	if uml_is "$kernel"; then
		uml_command
		return
	fi
	((${#counted[@]} == 0)) || accel=tcg,thread=single
	[[ $accel ]] || accel=$(<"$dir/accel")
	# The kernel cannot see that TCG's time stamp counters agree. It would read the
	# time from a device, at a great cost, or watch the counters, in which 7.2 may
	# hang: the watchdog waits for a CPU that stop_machine() keeps.
	[[ $accel != tcg* ]] || append="tsc=reliable $append"
	vm_machine "$dir" "$kernel"
	vm_argv=(
		"${vm_machine[@]}" -accel "$accel" "${counted[@]}" "${plugin[@]}"
		-smp "$cpus" -m "$memory"
		-nodefaults -no-user-config -display none -no-reboot
		-kernel "$kernel" -initrd "$initrd"
		-append "$vm_kernel_arguments${append:+ $append}"
		"${given[@]}" "${restored[@]}" "${disk[@]}"
		-chardev "$console,id=console"
		-chardev "$results,id=results"
		-chardev "$files,id=files"
		${monitor:+-monitor "pipe:$monitor"}
	)
}

# vm_machine DIRECTORY KERNEL: set the array vm_machine to QEMU and the machine that the
# kernel is for, with three serial ports, ttyS0 to ttyS2. A processor under KVM is the host's,
# and so is its interrupt controller.
vm_machine() {
	local -a qemu

	if release_is_arm64 "$(basename "${2%/vmlinuz}")"; then
		vm_machine=(qemu-system-aarch64 -machine virt -cpu cortex-a72)
		[[ $accel != kvm ]] || vm_machine=(qemu-system-aarch64 -machine "virt,gic-version=max" -cpu host)
		vm_machine+=(
			-device "pci-serial-4x,chardev1=console,chardev2=results,chardev3=files"
		)
	else
		qemu_find "$1"
		vm_machine=(
			"${qemu[@]}"
			-device "isa-serial,index=0,chardev=console"
			-device "isa-serial,index=1,chardev=results"
			-device "isa-serial,index=2,irq=5,chardev=files"
		)
	fi
}

# A panic restarts at once, and -no-reboot makes a restart the end of QEMU;
# panic_print=33 has it print all tasks and the whole kernel log first. An NMI from
# the monitor is a panic, too. Without no_timer_check the kernel panics where the
# host is too busy to let it see a few ticks in time. The kernel's tests of its own
# cryptography take a tenth of a boot. Time stamps tell the kernel's lines from others,
# which the judge of a log goes by.
vm_kernel_arguments='console=ttyS0 printk.time=1 no_timer_check cryptomgr.notests panic=-1 oops=panic unknown_nmi_panic panic_print=33 log_buf_len=16M printk.devkmsg=on loglevel=5'

# vm_initrd DIRECTORY OVERLAY FILE: base.cpio and the tree OVERLAY in one FILE.
vm_initrd() {
	{ cat "$1/base.cpio" && vm_archive "$2"; } >"$3"
}

# KVM where it boots this kernel, which having /dev/kvm does not promise.
vm_probe_accel() {
	local dir=$1 accel=tcg,thread=multi

	if uml_is "$kernel_dir/vmlinuz"; then
		uml_probe "$dir"
		accel=uml
	elif qemu_may_have_kvm && vm_boots "$dir" kvm; then
		accel=kvm
	fi
	printf '%s\n' "$accel" >"$dir/accel"
}

# vm_boots DIRECTORY ACCEL: does a guest that does nothing come to its end?
vm_boots() {
	local dir=$1 scratch status=0 answer
	local -a vm_argv

	scratch=$(mktemp -d "$dir/probe.XXXXXX")
	mkdir "$scratch/guest"
	printf 'echo booted >/dev/ttyS1\n' >"$scratch/guest/main"
	vm_initrd "$dir" "$scratch" "$scratch/initrd"
	vm_command "$dir" --accel "$2" --initrd "$scratch/initrd" --results stdio,signal=off
	say "Trying whether $2 boots this kernel, for at most 20 s"
	answer=$(timeout 20 "${vm_argv[@]}" 2>/dev/null </dev/null) || status=$?
	rm -r "$scratch"
	[[ $status == 0 && $answer == *booted* ]]
}
