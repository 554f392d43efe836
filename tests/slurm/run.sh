#!/usr/bin/env bash
# `stapjes slurm` on a real Slurm cluster of two nodes on this machine: a program killed, a node killed, time cut off; the bytes
# must be those of one machine. Needs root and the Debian packages slurm-wlm and munge (apt-get install slurm-wlm munge).
#
#   bash tests/slurm/run.sh [PATH-TO-STAPJES]          exit code 77: could not be done here
set -euo pipefail
export STAPJES_LANG=en
program=$(readlink -f "${1:-target/release/stapjes}")
[ -x "$program" ] || { echo "NOT DONE: $program is not there (cargo build --release)"; exit 77; }
for needed in slurmctld slurmd sbatch scontrol munged; do
  command -v "$needed" >/dev/null || { echo "NOT DONE: $needed is not installed (apt-get install slurm-wlm munge)"; exit 77; }
done
[ "$(id -u)" = 0 ] || { echo "NOT DONE: the daemons of Slurm need root"; exit 77; }
if pgrep -x slurmctld >/dev/null; then echo "NOT DONE: a Slurm cluster runs here already"; exit 77; fi

place=$(mktemp -d -t stapjes-slurm-XXXXXX)
chmod 755 "$place"
started=()
stop() {
  for id in "${started[@]}"; do kill "$id" 2>/dev/null || true; done
  for node in n1 n2; do [ -s "$place/$node.pid" ] && kill "$(cat "$place/$node.pid")" 2>/dev/null || true; done
  sleep 1
  [ "${KEEP:-0}" = 1 ] && echo "kept: $place" || rm -rf "$place"
}
trap stop EXIT

# Authentication with a key and a socket of our own.
mkdir -p "$place/munge" "$place/state"
chown munge: "$place/munge"
chmod 700 "$place/munge"
head -c 64 /dev/urandom >"$place/munge/key"
chown munge: "$place/munge/key"; chmod 400 "$place/munge/key"
mkdir -p "$place/socket"; chown munge: "$place/socket"; chmod 755 "$place/socket"
setpriv --reuid munge --regid munge --clear-groups munged --foreground --key-file "$place/munge/key" \
  --socket "$place/socket/socket" --pid-file "$place/munge/pid" --log-file "$place/munge/log" --seed-file "$place/munge/seed" >"$place/munged.out" 2>&1 &
started+=($!)

host=$(hostname -s)
cat >"$place/slurm.conf" <<CONF
ClusterName=here
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=17817
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$place/socket/socket,cred_expire=5
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_interval=2,sched_min_interval=0
ReturnToService=2
SlurmdTimeout=10
InactiveLimit=0
KillWait=5
MinJobAge=300
StateSaveLocation=$place/state
SlurmdSpoolDir=$place/spool-%n
SlurmctldPidFile=$place/slurmctld.pid
SlurmdPidFile=$place/%n.pid
SlurmctldLogFile=$place/slurmctld.log
SlurmdLogFile=$place/%n.log
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=17818 CPUs=2 RealMemory=4000
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=17819 CPUs=2 RealMemory=4000
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
CONF
export SLURM_CONF=$place/slurm.conf
slurmctld -c -D -f "$SLURM_CONF" >/dev/null 2>&1 &
started+=($!)
node() { slurmd -N "$1" -D -f "$SLURM_CONF" >/dev/null 2>&1 & echo $! >"$place/$1.daemon"; started+=($!); }
node n1
node n2
for _ in $(seq 60); do
  [ "$(sinfo -h -o %T 2>/dev/null | sort -u)" = idle ] && break
  sleep 1
done
sinfo

cd "$place"
# As much work as takes one core about 200 seconds, in chunks of a second or two, so that there is time to do harm.
small=(--set horizon_months=24 --set arm.fip.participants=60 --set arm.regular.participants=60 --set uncertainty.parameter_draws=0)
timed() {
  local began; began=$(date +%s%N)
  "$program" run lange-adem --replicates "$1" "${small[@]}" --threads 1 --out first --quiet
  echo $((($(date +%s%N) - began) / 1000000))
}
took=$(($(timed 48) - $(timed 16)))
[ "$took" -ge 20 ] || took=20
work=(lange-adem --replicates "${REPLICATES:-$((32 * 200000 / took / 64 * 64 + 64))}")
echo "32 replicates took $took ms: ${work[*]}"
"$program" run "${work[@]}" "${small[@]}" --out whole --quiet
"$program" slurm "${work[@]}" "${small[@]}" --out shared --tasks 4 --cpus 1 --hours 0.0167 --warning 45 >job.sh
grep -q 'signal=B:USR1@45' job.sh
bash job.sh | tee submitted
tasks=$(sed -n 's/tasks: job \([0-9]*\);.*/\1/p' submitted)
merge=$(sed -n 's/.*merge: job \([0-9]*\);.*/\1/p' submitted)

chunks() { find shared.chunks -name '*.chunk' 2>/dev/null | wc -l; }
for _ in $(seq 600); do [ "$(chunks)" -ge 1 ] && break; sleep .5; done

echo "== a program is killed =="
victim=$(pgrep -f -- "--shard 1/4" | while read -r id; do [ "$(readlink "/proc/$id/exe")" = "$program" ] && echo "$id"; done | head -1 || true)
[ -n "$victim" ] && kill -9 "$victim" && killed=yes || killed=no

echo "== the time of a task is nearly over: what Slurm sends then, whatever the speed of this machine =="
scancel --batch --signal=USR1 "${tasks}_2"

echo "== a node is killed, with everything on it =="
sleep 2
daemon=$(cat n2.daemon)
tree() { for child in $(pgrep -P "$1"); do tree "$child"; done; echo "$1"; }
on_n2=$(squeue -h -w n2 -t R -o %A | wc -l)
# The steps of a node are children of init: they are known by the spool folder of the node.
for step in $(pgrep -x slurmstepd); do
  if tr '\0' ' ' <"/proc/$step/environ" 2>/dev/null | grep -q n2 || ls -l "/proc/$step/fd" 2>/dev/null | grep -q "$place/spool-n2\|$place/n2.log"; then
    for id in $(tree "$step"); do kill -9 "$id" 2>/dev/null || true; done
  fi
done
kill -9 "$daemon" 2>/dev/null || true
sleep 15
node n2

echo "== waiting (tasks are cut off every quarter of a minute) =="
for _ in $(seq 900); do
  [ -z "$(squeue -h -j "$merge" 2>/dev/null)" ] && break
  sleep 1
done
squeue || true
restarts=$(for task in 1 2 3 4; do scontrol -o show job "${tasks}_$task" 2>/dev/null | sed -n 's/.*Restarts=\([0-9]*\).*/\1/p'; done | paste -sd+ | bc)
grep -h "finished\|Killed\|CANCELLED" stapjes-*.log || true
echo "program killed: $killed; tasks on the node that was killed: $on_n2; restarts: $restarts"
cut=$(cat stapjes-*.log | grep -c "finished chunks are kept" || true)
echo "stopped in order when the time was nearly over: $cut"
[ "$restarts" -ge 2 ] && [ "$cut" -ge 1 ] || { echo "FAILED: too little happened to prove anything (set REPLICATES higher)"; exit 1; }
cmp whole/summary.json shared/summary.json
cmp whole/curves.csv shared/curves.csv
[ ! -e shared.chunks ] || { echo "FAILED: chunks are left"; exit 1; }
echo "the same bytes after a killed program, a killed node and tasks that were cut off"
