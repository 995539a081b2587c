#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# fifoctl metrics shows what sysfs has, in both formats: promtool accepts them, and a real
# prometheus has the same numbers from the file through a real node_exporter.
#
# Both are unpacked, not installed: their packages would start daemons. Here they run on
# loopback, on ports that they choose, until the test ends.

. "${0%/*}/lib/host.sh"

programs=${kernel_cache%/*}/prometheus
for package in prometheus prometheus-node-exporter; do
	packages_known "$package" || skip_all "the archive has no $package"
done

fetch_programs() {
	local lock_fd package

	lock "$programs.lock"
	for package in prometheus prometheus-node-exporter; do
		[[ -x $programs/usr/bin/$package ]] || packages_extract "$package" "$programs"
	done
	exec {lock_fd}>&-
}

fetch_programs
scratch

# --- what is true --------------------------------------------------------------

run_guest --timeout 90 <<'GUEST'
counter() {
	cat "/sys/class/misc/fifo$1/$2"
}

counter_is() {
	[[ $(counter "$1" "$2") == "$3" ]]
}

# samples_of QUEUE: what metrics must show, without the age and the sums.
samples_of() {
	local name file q="queue=\"$1\""

	while read -r name file; do
		echo "$name{$q} $(counter "$1" "$file")"
	done <<-EOT
		fifo_items_put_total put
		fifo_items_got_total got
		fifo_items_dropped_total dropped
		fifo_items_discarded_total discarded
		fifo_mapping_errors_total mapping_errors
		fifo_queue_depth depth
		fifo_queue_size size
	EOT
	echo "fifo_queue_info{engine=\"$(counter "$1" engine)\",overflow=\"$(counter "$1" overflow)\",$q} 1"
	for name in producer consumer; do
		echo "fifo_queue_waiting{end=\"$name\",$q} $(counter "$1" "waiting_${name}s")"
	done
	for name in wait producer_wait consumer_wait; do
		counter "$1" "${name}_histogram" | awk -v name="fifo_${name}_seconds" -v q="$q" '{
			bound = $1 == "+Inf" ? $1 : sprintf("%.15g", $1 / 1e9)
			print name "_bucket{le=\"" bound "\"," q "} " $2
		}'
	done
}

age_of() {
	sed -n "s/^fifo_queue_oldest_age_seconds{queue=\"$1\"} //p" /run/keep/fifo.prom
}

load fifo engine=ring,list,waitqueue,semaphore size=16,4,2,8 overflow=block,drop-newest,block,block
load producer queue=0,1 rate=max,1000 count=2000,100 log=off
load consumer rate=1000 log=off
ok "2000 items go through a queue" wait_for 30 counter_is 0 got 2000
ok "100 are put into one that nobody gets from" wait_for 30 counter_is 1 put 100
unload producer consumer
seq 3 >/dev/fifo2 &
writer=$!
cat /dev/fifo3 &
reader=$!
ok "a producer waits for room" wait_for 10 counter_is 2 waiting_producers 1
ok "a consumer waits for an item" wait_for 10 counter_is 3 waiting_consumers 1

before=$(counter 1 oldest_age_ns)
ok "metrics for node_exporter" fifoctl metrics --format prometheus --output /run/keep/fifo.prom
after=$(counter 1 oldest_age_ns)
ge "$(age_of 1)" "$(awk "BEGIN { printf \"%.9f\", $before / 1e9 }")" "the oldest item's age is not younger than before"
le "$(age_of 1)" "$(awk "BEGIN { printf \"%.9f\", $after / 1e9 }")" "nor older than afterwards"
is "$(age_of 0)" 0.000000000 "and 0 without an item"
fifoctl metrics >/run/keep/fifo.om
{
	echo fifo_loaded 1
	for queue in 0 1 2 3; do
		samples_of $queue
	done
} >/run/keep/ledger

for n in {1..20}; do
	fifoctl metrics --output /run/fifo.om
done &
writing=$!
torn=0
until ended $writing; do
	[[ ! -e /run/fifo.om || $(tail -n 1 /run/fifo.om) == '# EOF' ]] || torn=1
done
is "$torn $(ls /run/fifo.om*)" "0 /run/fifo.om" "a reader never finds a part, and no other file stays"

kill $writer $reader
wait
unload fifo
ok "without fifo.ko it succeeds, too" fifoctl metrics --output /run/fifo.om
is "$(grep -v '^#' /run/fifo.om)" "fifo_loaded 0" "and no queue stays in the file"
GUEST

# --- the texts -----------------------------------------------------------------

# samples: sorts them, and the labels of each, without those of the scrape.
samples() {
	perl -ne 'next if /^#|^\s*$/;
		s/\{(.*)\}/"{" . join(",", sort grep { !m,^(instance|job)=, } split(m|,\s*|, $1)) . "}"/e;
		s/\{\}//;
		s/\s(\S+)$/" " . ($1 eq "NaN" ? $1 : sprintf("%.15g", $1))/e;
		print' | LC_ALL=C sort
}

prom=$guest_logs/fifo.prom
om=$guest_logs/fifo.om
is "$(samples <"$prom" | grep -vE 'seconds_(sum|count)|oldest_age' | diff - <(samples <"$guest_logs/ledger"))" "" \
	"metrics are what sysfs has: $(wc -l <"$guest_logs/ledger") numbers"
is "$(samples <"$om" | grep -v oldest_age | diff - <(samples <"$guest_logs/ledger"))" "" \
	"in OpenMetrics, too, without sums and counts"
is "$(grep 'seconds_sum' "$prom" | grep -v ' NaN$')" "" "a sum that is not known is no number"
is "$(samples <"$prom" | grep '^fifo_wait_seconds_count{queue="0"}')" 'fifo_wait_seconds_count{queue="0"} 2000' "a histogram's count is its items"

status=0
said=$("$programs/usr/bin/promtool" check metrics <"$prom" 2>&1) || status=$?
is "$status $said" "0 " "promtool check metrics has no complaint"
# Prometheus' own parser of OpenMetrics; only the database wants times.
mkdir -p "$scratch_dir/blocks/wal"
sed 's/^[^#].*/& 1700000000/' "$om" >"$scratch_dir/om"
said=$("$programs/usr/bin/promtool" tsdb create-blocks-from openmetrics "$scratch_dir/om" "$scratch_dir/blocks" 2>&1) ||
	diag "$said"
is "$("$programs/usr/bin/promtool" tsdb dump "$scratch_dir/blocks" | perl -pe 's/__name__="(\w+)",? ?//; $_ = "$1$_"; s/ 17\d+$//' |
	samples | diff - <(samples <"$om"))" "" "prometheus reads the same numbers from OpenMetrics"

# --- the scrape ----------------------------------------------------------------

# start NAME COMMAND…: sets port. The process ends with this one at the latest.
pids=()
start() {
	local log=$scratch_dir/$1.log

	setpriv --pdeathsig TERM "${@:2}" >"$log" 2>&1 &
	pids+=($!)
	port=''
	until [[ $port ]] || ! kill -0 $! 2>/dev/null; do
		sleep 0.1
		port=$(sed -nE 's/.*Listening on.* address=[^ ]*:([0-9]+).*/\1/p' "$log")
	done
	[[ $port ]] || die "$1 does not listen: $(tail -n 3 "$log")"
}

query() {
	"$programs/usr/bin/promtool" query instant "http://127.0.0.1:$port" "$1" 2>&1
}

# scraped: has it, at the latest after 30 s?
scraped() {
	local start=$SECONDS

	until [[ $(query fifo_loaded) == fifo_loaded* ]]; do
		((SECONDS - start < 30)) || return
		sleep 0.2
	done
}

mkdir "$scratch_dir/textfiles"
cp "$prom" "$scratch_dir/textfiles/"
start node_exporter "$programs/usr/bin/prometheus-node-exporter" --web.listen-address=127.0.0.1:0 \
	--collector.disable-defaults --collector.textfile --collector.textfile.directory="$scratch_dir/textfiles"
cat >"$scratch_dir/prometheus.yml" <<-EOT
	global: { scrape_interval: 2s, scrape_timeout: 2s }
	scrape_configs: [{ job_name: node, static_configs: [{ targets: ["127.0.0.1:$port"] }] }]
EOT
start prometheus "$programs/usr/bin/prometheus" --web.listen-address=127.0.0.1:0 \
	--config.file="$scratch_dir/prometheus.yml" --storage.tsdb.path="$scratch_dir/data"

if scraped; then
	pass "a prometheus scrapes a node_exporter that reads the file"
else
	fail "a prometheus scrapes a node_exporter that reads the file" "$(tail -n 5 "$scratch_dir"/*.log)"
fi
is "$(query '{__name__=~"fifo_.*"}' | sed -E 's/ => (\S+) @.*/ \1/' | samples | diff - <(samples <"$prom"))" "" \
	"and has each number of it"
is "$(query 'fifo_items_put_total - fifo_items_got_total - fifo_items_dropped_total - fifo_queue_depth' | grep -c '=> 0 @')" 4 \
	"its ledger of each queue holds"

# bucket QUANTILE: the bounds of its bucket in queue 0's histogram, and its count, in seconds.
bucket() {
	sed -nE 's/^fifo_wait_seconds_bucket\{le="([^"]*)",queue="0"\} (.*)/\1 \2/p' "$guest_logs/ledger" |
		awk -v quantile="$1" '
			{ bound[NR] = $1; count[NR] = $2 }
			END {
				for (i = 1; count[i] < quantile * count[NR]; i++) ;
				print (i > 1 ? bound[i - 1] : 0), bound[i]
			}'
}

for quantile in 0.01 0.5 0.9 0.99; do
	read -r above most < <(bucket "$quantile")
	value=$(query "histogram_quantile($quantile, fifo_wait_seconds_bucket{queue=\"0\"})" | sed -E 's/.* => (\S+) @.*/\1/')
	if awk "BEGIN { exit !($value > $above && $value <= $most) }"; then
		pass "histogram_quantile($quantile) is in the bucket of the file: $above < $value <= $most"
	else
		fail "histogram_quantile($quantile) is in the bucket of the file" "$value, and the bucket: $above to $most"
	fi
done

kill "${pids[@]}"
wait "${pids[@]}" || true
is "$(kill -0 "${pids[@]}" 2>&1 | grep -c 'No such process')" 2 "both have ended"

# --- the example of a service ----------------------------------------------------

if command -v systemd-analyze >/dev/null; then
	mkdir "$scratch_dir/units"
	cp "$root"/packaging/examples/systemd/* "$scratch_dir/units/"
	sed -i 's,/usr/bin/fifoctl,/bin/true,' "$scratch_dir"/units/*.service
	is "$(systemd-analyze --man=no verify "$scratch_dir"/units/* 2>&1)" "" "systemd takes the examples of units"
	said=$(systemd-analyze security --offline=yes --threshold=15 "$scratch_dir/units/fifo-metrics.service") && status=0 || status=$?
	is "$status" 0 "the exposure level of fifo-metrics is at most 1.5"
else
	skip "there is no systemd-analyze"
fi
