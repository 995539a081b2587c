#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The Python binding in tools/python, on a real fifo.ko, with a Debian release's python: each
# test of tests/python, which pytest runs; the example; and variants of the binding that are
# broken on purpose, which the tests must catch. Then what a batch costs, beside C.
#
#	FIFO_PYTHON	releases, with commas (bookworm)

. "${0%/*}/lib/host.sh"
. "$root/tests/lib/observer.sh"

[[ $(host_arch) == amd64 ]] || skip_all "it was tried on x86-64 alone"
guest_prepare_vm
[[ $(readlink "$FIFO_VM/vmlinuz") == "$kernel_cache/$(kernel_stock)/vmlinuz" ]] ||
	skip_all "it boots the stock kernel, whatever kernel the other tests have"
packages_known mmdebstrap || skip_all "the archive has no mmdebstrap, which fetches python"

observer_name=python
observer_packages=python3,python3-pytest,python3-matplotlib
observer_cost="90 MB, which takes 500 MB"

make -C "$root/tools" O="$root/build/tools-shared" CFLAGS='-O2 -Werror' "$root/build/tools-shared/libfifo.so.1" \
	>"$root/build/tools-shared.log" 2>&1 || die "the build of libfifo failed: $(<"$root/build/tools-shared.log")"

build_tools_where
build_program "$root/build/fifobench" "$root"/bench/*.c

# binding: prints what both guests begin with, to run programs with the binding.
binding() {
	observer_enter
	declare -p root
	cat <<'GUEST'
mkdir /observer/usr/local/lib
cp "$root/build/tools-shared/libfifo.so.1" /observer/usr/local/lib/
cp -r "$root/tools/python/libfifo" "$root/tools/examples" "$root/tests/python" /observer/root/

# numpy's libraries are where no script has linked them.
libraries=/usr/local/lib
for directory in /observer/usr/lib/*/{blas,lapack}; do
	libraries+=:${directory#/observer}
done

# run COMMAND…: there.
run() {
	observe env -C /root PYTHONPATH=/root PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0 \
		LD_LIBRARY_PATH="$libraries" timeout -k 5 1200 "$@"
}
GUEST
}

files=(--file "$root/build/tools-shared/libfifo.so.1" --file "$root/tools/python" --file "$root/tools/examples"
	--file "$root/tests/python" --file "$root/build/fifobench" --file "$root/bench/python.py")

for release in $(tr , ' ' <<<"${FIFO_PYTHON:-bookworm}"); do
	observer_prepare "$release" stock
	run_guest --timeout 1500 --disk "$observer_disk" "${files[@]}" < <(
		binding
		cat <<'GUEST'
# run_pytest ARGUMENT…
run_pytest() {
	run python3 -W error -m pytest -p no:cacheprovider --tb=short -v "$@"
}

note "$(run python3 --version)"
run_pytest --durations 5 python >/run/keep/pytest 2>&1 || note "pytest ended with status $?"
while read -r name word; do
	case $word in
	PASSED) pass "python: ${name//_/ }" ;;
	SKIPPED) skip 1 "python: ${name//_/ }" ;;
	*) fail "python: ${name//_/ }" "$word" "$(grep -A 40 "^_* ${name%%[*} " /run/keep/pytest || tail -n 30 /run/keep/pytest)" ;;
	esac
done < <(sed -nE 's/^python\/.*::test_(.*) (PASSED|FAILED|ERROR|SKIPPED).*/\1 \2/p' /run/keep/pytest)
like "$(tail -n 1 /run/keep/pytest)" '^=+ [0-9]+ passed( in |,)' "pytest has run all to the end"

# catches TESTS TEST FILE SED: with this change of the binding the test in TESTS must fail.
catches() {
	local what="a mistake is caught by: ${2//_/ }"

	cp "/observer/root/libfifo/$3" /run/good
	sed -i "$4" "/observer/root/libfifo/$3"
	if cmp -s /run/good "/observer/root/libfifo/$3"; then
		fail "$what" "this changes nothing: $4"
	elif run_pytest -x "python/$1::$2" >/run/output 2>&1; then
		fail "$what" "no test failed: $4" "$(tail -n 5 /run/output)"
	else
		like "$(</run/output)" "::$2.*(FAILED|Fatal Python error: Segmentation fault)" "$what"
	fi
	cp /run/good "/observer/root/libfifo/$3"
	rmmod fifo 2>/dev/null || true
}

catches test_in_place.py test_memory_is_invalid _batch.py '/^ *self.memory.release()$/d'
catches test_in_place.py test_slices_of_memory_are_never_stale _batch.py 's/if in_use is not None:/if False:/'
catches test_in_place.py test_memory_of_items_is_read_only _batch.py 's/ if self._writable else memory.toreadonly()//'
catches test_in_place.py test_exception_releases_nothing _batch.py 's/if kind is None and self._n:/if self._n:/'
catches test_moving.py test_nothing_is_put_at_once _producer.py '/^ *if not memory:$/,/return 0$/d'
catches test_waiting.py test_closes_at_once_leave_an_end_as_it_was _wake.py 's/os.read(self._read, n)/os.read(self._read, 4096)/'
catches test_waiting.py test_fork_leaves_the_end_to_the_parent _end.py '/^os.register_at_fork/d'
GUEST
	)
done

# --- what it costs ---------------------------------------------------------------

# A nanosecond is an instruction there.
run_guest --timeout 1500 --counted yes --cpus 1 --disk "$observer_disk" "${files[@]}" < <(
	binding
	cat <<'GUEST'
insmod /modules/fifo.ko engine=ring size=1024
cp "$root/bench/python.py" /observer/root/
run python3 python.py >/run/keep/cost
while read -r name pair column; do
	figures=()
	for n in 1 8 32 64; do
		read -ra both <<<"$("$root/build/fifobench" count "$pair" "$n")"
		figures+=("${both[column]}")
	done
	printf 'C:%-20s %8s %8s %8s %8s\n' "$name" "${figures[@]}" >>/run/keep/cost
done <<-EOT
	get mapped-get 1
	peek mapped-peek 1
	put mapped-put 0
	reserve mapped-reserve 0
EOT
note "instructions of an item, 1, 8, 32 and 64 at a time" "$(</run/keep/cost)"
is "$(grep -cE '^[a-zC:, ]+( +[0-9]+\.[0-9]){4}$' /run/keep/cost)" 11 "all is counted, of Python and of C"

# cost NAME COLUMN: 1 for one at a time, 4 for 64.
cost() {
	sed -n "s/^$1  *//p" /run/keep/cost | awk -v column="$2" '{ print $column }'
}

for name in peek get put reserve; do
	note "$name of 64: $(awk "BEGIN { printf \"%.0f\", $(cost "$name" 4) / $(cost "C:$name" 4) }") times as much as of C"
done
le "$(cost peek 4)" "$(awk "BEGIN { print $(cost peek 1) / 20 }")" "a batch of 64 in place costs an item a twentieth of a peek by itself"
le "$(cost peek 4)" "$(cost get 4)" "and less than items that are copied"
GUEST
)
