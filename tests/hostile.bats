# Handlers that do what they should not: each is reported, costs a bounded time and little memory,
# and does no harm to the next event.
load lib

setup() {
    own_directory
    mkdir work
    config <<EOF
verify = "off"
timeout = 60
kill-after = 0.3
handler = "$PWD/bad"
match "good.test" { handler = "$PWD/good"  timeout = 30 }
EOF
    # the next one: how it is started, and the most memory that acmehook has needed
    handler good <<'EOF'
#!/bin/bash
{
    umask; ulimit -n; pwd; readlink /proc/$$/fd/0
    ls /proc/$$/fd >fds; grep -x . fds | tr '\n' ' '
} >good.seen
sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$PPID/status" >memory
EOF
    limit=32768 # KiB
    [ "$sanitizers" = no ] || limit=262144
    export ASAN_OPTIONS=quarantine_size_mb=16:${ASAN_OPTIONS-} # it keeps what was freed
}

# Those that a test leaves behind on purpose say who they are.
teardown() {
    [ ! -e "$BATS_TEST_TMPDIR/pids" ] || xargs -r kill -9 <"$BATS_TEST_TMPDIR/pids" 2>/dev/null || :
}

event() { # DOMAIN
    printf '{"cmd": "perform_challenge", "type": "dns-01", "domain": "%s", "token": "%s", "validation": "%s"}\n' "$1" "$token" "$digest"
}

# bad [WRAPPER...]: stdin becomes a handler that is called for one event, and another for the next;
# sets result (the first of the two, JSON) and took (seconds)
bad() {
    handler bad
    run_both "$@"
}

run_both() {
    SECONDS=0
    { event bad.test; event good.test; } >events
    run --separate-stderr "$@" "$acmehook" --jobs 1 --ordered run events
    took=$SECONDS
    [ "${#lines[@]}" -eq 2 ] || { echo "$output"; echo "$stderr"; return 1; }
    result=${lines[0]}
    jq -e .ok <<<"${lines[1]}" >/dev/null || { echo "the next event: ${lines[1]}"; return 1; }
    file_is good.seen < <(umask 022; printf '%s\n' "$(umask)" "$(ulimit -n)" "$PWD" /dev/null; printf '0 1 2 ')
    [ "$(cat memory)" -lt "$limit" ] || { echo "it needed $(cat memory) KiB"; return 1; }
}

# says JQ-EXPRESSION: of the result of the bad one
says() {
    jq -e "$1" <<<"$result" >/dev/null || { cut -c 1-2000 <<<"$result"; return 1; }
}
failed() { # SENTENCE
    says '.ok | not' && says ".error | contains(\"$1\")"
}

# ends PID: within five seconds, reaped or not
ends() {
    for ((i = 0; i < 100; i++)); do
        [[ -e /proc/$1 && $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) != Z* ]] || return 0
        sleep 0.05
    done
    return 1
}

@test "one that never exits" {
    sed -i 's/^timeout = 60/timeout = 1/' acmehook.conf
    bad <<'EOF'
#!/bin/sh
echo "asking the provider"; sleep 1000 & wait
EOF
    [ "$took" -lt 30 ]
    failed "did not end within 1 s (--timeout) and was stopped"
    says '.handler.timed_out and .handler.stdout == "asking the provider\n"'
    run --separate-stderr "$acmehook" deploy_challenge bad.test "$token" "$digest"
    status_is 5
    stderr_has "did not end within 1 s (--timeout) and was stopped"
    stderr_has "it need not wait for name servers, as acmehook does"
    stderr_has "asking the provider"
    stderr_has "undoing failed, something may be left behind (acmehook pending --clean tries again): in the same way"
}

@test "one that ignores SIGTERM, and whose children do" {
    sed -i 's/^timeout = 60/timeout = 1/' acmehook.conf
    bad <<'EOF'
#!/bin/bash
trap '' TERM
(while :; do sleep 0.1; done) &
echo "$!" >child
while :; do sleep 0.1; done
EOF
    [ "$took" -lt 30 ]
    failed "did not end within 1 s"
    ends "$(cat child)"
}

@test "one that leaves a daemon which keeps the pipes" {
    bad <<'EOF'
#!/bin/sh
sleep 1000 &
echo $! >>pids
echo done
EOF
    [ "$took" -lt 30 ]
    says '.ok and .handler.stdout == "done\n"'
}

@test "one that leaves its group twice, and one that hangs beside" {
    sed -i 's/^timeout = 60/timeout = 1/' acmehook.conf
    bad <<'EOF'
#!/bin/bash
(setsid sh -c 'echo $$ >>pids; exec sleep 1000' &) &
until [ -s pids ]; do sleep 0.05; done
echo away
sleep 1000
EOF
    [ "$took" -lt 30 ]
    failed "did not end within 1 s"
    says '.handler.stdout == "away\n"'
}

@test "one that writes a gigabyte to stdout" {
    bad <<'EOF'
#!/bin/sh
echo first; head -c 1G /dev/zero; echo last; exit 1
EOF
    failed "exit status 1"
    says '.handler.truncated and (.handler.stdout | startswith("first\n") and endswith("last\n") and contains("bytes cut ...]") and length < 100000)'
}

@test "one that writes a gigabyte to stderr" {
    bad <<'EOF'
#!/bin/sh
head -c 1G /dev/zero >&2; echo last >&2; exit 1
EOF
    failed "exit status 1"
    says '.handler.truncated and (.handler.stderr | endswith("last\n") and contains("bytes cut ...]") and length < 100000)'
}

@test "one that writes a line of 100 MB" {
    bad <<'EOF'
#!/bin/sh
echo first; head -c 100M /dev/zero | tr '\0' x; echo; echo last; exit 1
EOF
    failed "exit status 1"
    says '.handler.stdout | startswith("first\nxxx") and endswith("xxx\nlast\n") and length < 100000'
    run --separate-stderr "$acmehook" deploy_challenge bad.test "$token" "$digest"
    status_is 1
    stderr_has "first"
    stderr_has "last"
    stderr_has "bytes cut ...]"
    [ ${#stderr} -lt 300000 ]
}

@test "one that writes NULs, escapes and what is no UTF-8" {
    bad <<'EOF'
#!/bin/sh
printf 'a\000b\377c\033[31mred\r50%%\r100%% \303 \302\23331m \342\200\256turned\n'; head -c 65536 /dev/urandom >&2; exit 1
EOF
    failed "exit status 1"
    iconv -f UTF-8 -t UTF-8 <<<"$result" >/dev/null
    says '.handler.stdout | contains("\ufffdb\ufffdc")'
    [[ $result != *[$'\001'-$'\037']* ]]
    run --separate-stderr "$acmehook" deploy_challenge bad.test "$token" "$digest"
    status_is 1
    stderr_has "b"
    [[ $stderr != *$'\033'* && $stderr != *$'\r'* && $stderr != *$'\302\233'* && $stderr != *$'\342\200\256'* ]]
}

@test "one that closes its output, and goes on" {
    bad <<'EOF'
#!/bin/sh
echo before
exec >&- 2>&-
sleep 0.3
exit 9
EOF
    failed "exit status 9"
    says '.handler.stdout == "before\n" and .handler.ms >= 300'
}

@test "one that reads, from its input and from the terminal" {
    bad <<'EOF'
#!/bin/sh
cat; echo "read $?"
read -r answer </dev/tty || exit 5
EOF
    [ "$took" -lt 30 ]
    failed "exit status 5"
    says '.handler.stdout == "read 0\n" and (.handler.stderr | contains("/dev/tty"))'
}

@test "one that writes to /dev/stderr and to the terminal" {
    command -v script >/dev/null || skip "needs script"
    handler bad <<'EOF'
#!/bin/sh
echo one >/dev/stderr
echo on the terminal >/dev/tty
echo two | tee /dev/stderr >/dev/null
exit 5
EOF
    # where there is a terminal
    { event bad.test; event good.test; } >events
    script -qec "'$acmehook' --jobs 1 --ordered run events >results" typescript </dev/null >/dev/null || :
    result=$(head -n 1 results)
    failed "exit status 5"
    says '.handler.stderr | startswith("one\n") and endswith("two\n") and contains("/dev/tty")'
    run ! grep "on the terminal" typescript
    [ -s good.seen ]
}

@test "one that ends while a child still writes" {
    bad <<'EOF'
#!/bin/bash
(while :; do echo more; sleep 0.01; done) &
echo $! >child
echo $! >>pids
EOF
    [ "$took" -lt 30 ]
    says '.ok and (.handler.stdout | startswith("more\n"))'
    # nobody hears it any more, and it ends
    ends "$(cat child)"
}

@test "what a child writes soon after its end is still heard" {
    bad <<'EOF'
#!/bin/sh
(sleep 0.2; echo late) &
EOF
    says '.ok and .handler.stdout == "late\n"'
}

@test "one that is killed, by itself and with its group" {
    for how in '-SEGV $$' '-KILL 0'; do
        printf '#!/bin/sh\nulimit -c 0; kill %s\n' "$how" | bad
        failed "was killed by signal"
        says '.handler.exit == null and .handler.signal > 0'
    done
}

@test "one with Windows line ends" {
    printf '#!/bin/sh\r\nexit 0\r\n' | bad
    failed "has Windows line ends"
}

@test "one that is replaced while it runs" {
    bad <<'EOF'
#!/bin/bash
printf '#!/bin/sh\nexit 8\n' >new
chmod +x new
mv new "$0"
echo still here
EOF
    says '.ok and .handler.stdout == "still here\n"'
    run_both
    failed "exit status 8"
}

@test "one that deletes its working directory" {
    sed -i "1i cwd = \"$PWD/work\"" acmehook.conf
    sed -i "s|timeout = 30|&  cwd = \"$PWD\"|" acmehook.conf
    bad <<'EOF'
#!/bin/sh
rmdir "$PWD"
exit 6
EOF
    failed "exit status 6"
    run_both
    failed "$PWD/work: cannot be the working directory (cwd) of $PWD/bad"
}

@test "one that changes its umask, its limits and its priority" {
    bad <<'EOF'
#!/bin/bash
umask 0
ulimit -n 7
ulimit -c 0
renice -n 5 $$ >/dev/null 2>&1
cd /
exit 6
EOF
    failed "exit status 6"
}

@test "one that opens all files it can" {
    bad <<'EOF'
#!/bin/bash
ulimit -n 64
while exec {fd}</dev/null; do :; done 2>/dev/null
echo "no more"
exit 6
EOF
    failed "exit status 6"
    says '.handler.stdout == "no more\n"'
}

@test "one whose disk is full" {
    unshare --map-root-user --mount true 2>/dev/null || skip "needs user and mount namespaces"
    handler inside <<'EOF'
#!/bin/sh
mount -t tmpfs -o size=64k tmpfs work && exec "$@"
EOF
    sed -i "s|^handler = .*|&\ncwd = \"$PWD/work\"|; s|timeout = 30|&  cwd = \"$PWD\"|" acmehook.conf
    bad unshare --map-root-user --mount ./inside <<'EOF'
#!/bin/sh
head -c 1M /dev/zero >zone.new || exit 6
EOF
    failed "exit status 6"
    says '.handler.stderr | contains("No space left on device")'
}

@test "where results cannot be written, that is a failure" {
    cp good bad
    { event bad.test; event good.test; } >events
    run --separate-stderr bash -c '"$0" run events >/dev/full' "$acmehook"
    status_is 75
    stderr_has "acmehook: run: events: results cannot be written: No space left on device"
}

@test "memory does not grow with the number of events" {
    for ((i = 0; i < 100; i++)); do event "n$i.test"; done >events
    handler bad <<'EOF'
#!/bin/sh
head -c 100000 /dev/zero
EOF
    event good.test >>events
    run --separate-stderr "$acmehook" run events
    status_is 0
    [ "${#lines[@]}" -eq 101 ]
    [ "$(cat memory)" -lt "$limit" ]
}
