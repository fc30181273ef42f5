# How a handler is run: what it gets, how its end is judged, what it may not do to us.
load lib

go() {
    run --separate-stderr "$acmehook" --verify off -H "$PWD/hook" "$@" deploy_challenge example.test "$token" "$digest"
}

# No run may leave a process behind that was started in the test's directory.
teardown() {
    local left
    left=$(grep -lsF "$BATS_TEST_TMPDIR" /proc/[0-9]*/cmdline 2>/dev/null | grep -v "/$$/" || :)
    for file in $left; do
        pid=${file#/proc/}
        pid=${pid%/cmdline}
        case $({ tr '\0' ' ' <"$file"; } 2>/dev/null) in *"/hook "*) kill -9 "$pid"; echo "left behind: $pid"; return 1 ;; esac
    done
}

@test "stdin is /dev/null, files above 2 are closed, umask 022, own session" {
    handler hook <<'EOF'
#!/bin/bash
{
    readlink /proc/$$/fd/0
    ls /proc/$$/fd >fds # without a pipeline: its pipes would be among them
    grep -x . fds | tr '\n' ' '; echo # above 9 are bash's own
    umask
    awk '{print $6 == $1}' /proc/$$/stat
} >seen
EOF
    umask 077
    go 3>other 4<hook 7<hook
    status_is 0
    umask 022
    file_is seen <<'EOF'
/dev/null
0 1 2 
0022
1
EOF
}

@test "stdout and stderr are pipes that can be opened again" {
    handler hook <<'EOF'
#!/bin/sh
echo one >/dev/stderr && echo two >/dev/stdout && echo three | tee /dev/stderr >/dev/null
EOF
    go -v
    status_is 0
    stderr_has "one"
    stderr_has "three"
}

@test "it works with 0, 1 and 2 closed" {
    recorder hook
    run bash -c "'$acmehook' --verify off -H '$PWD/hook' deploy_challenge example.test $token $digest <&- >&- 2>&-"
    [ "$status" -eq 0 ]
    [ -s hook.calls ]
}

@test "an ignored SIGPIPE does not reach the handler" {
    handler hook <<'EOF'
#!/bin/sh
sed -n 's/^SigIgn:[[:space:]]*//p' /proc/$$/status >seen
EOF
    run bash -c "trap '' PIPE; '$acmehook' --verify off -H '$PWD/hook' deploy_challenge example.test $token $digest"
    [ "$status" -eq 0 ]
    # SIGPIPE is 13: bit 12
    [ $((0x$(cat seen) & 0x1000)) -eq 0 ]
}

@test "it works when all signals are blocked, as under Apache httpd, or SIGCHLD is ignored" {
    command -v python3 >/dev/null || skip "needs python3"
    recorder hook
    for how in 'signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))' 'signal.signal(signal.SIGCHLD, signal.SIG_IGN)'; do
        run timeout 20 python3 -c "
import os, signal
$how
os.execv('$acmehook', ['acmehook', '--verify', 'off', '-H', '$PWD/hook', 'deploy_challenge', 'example.test', '$token', '$digest'])"
        [ "$status" -eq 0 ]
    done
    [ "$(wc -l <hook.calls)" = 2 ]
}

@test "exit status 7: exit 1, with everything that it printed" {
    handler hook <<'EOF'
#!/bin/sh
echo "to stdout"
echo "to stderr" >&2
exit 7
EOF
    go
    status_is 1
    stdout_is ""
    stderr_has "acmehook: deploy_challenge example.test: handler $PWD/hook failed with exit status 7
Handler output (deploy_challenge):
 - stdout:
   to stdout
 - stderr:
   to stderr"
}

@test "killed by a signal: exit 1, with its name" {
    handler hook <<'EOF'
#!/bin/sh
kill -SEGV $$
EOF
    go
    status_is 1
    stderr_has "was killed by signal 11"
}

@test "kill 0 ends the handler's group, not us" {
    handler hook <<'EOF'
#!/bin/sh
case $1 in deploy_challenge) kill 0 ;; esac
EOF
    go
    status_is 1
    stderr_has "was killed by signal 15"
    stderr_has "was cleaned again"
}

@test "missing, a directory, not executable: exit 2 and the remedy" {
    go
    status_is 2
    stderr_is "acmehook: deploy_challenge example.test: $PWD/hook: no such file; correct its path"
    ln -s nowhere hook
    go
    status_is 2
    stderr_has "$PWD/hook: a symbolic link to nothing"
    rm hook
    mkdir hook
    go
    status_is 2
    stderr_has "$PWD/hook: a directory, not a program"
    rmdir hook
    printf '#!/bin/sh\n' >hook
    go
    status_is 2
    stderr_is "acmehook: deploy_challenge example.test: $PWD/hook: not executable; try: chmod +x $PWD/hook"
}

@test "no #!, an empty file, a bad interpreter, Windows line ends: exit 2 and the remedy" {
    handler hook <<<'echo hello'
    go
    status_is 2
    stderr_has "$PWD/hook: does not begin with \"#!\""
    handler hook </dev/null
    go
    status_is 2
    stderr_has "$PWD/hook: an empty file"
    handler hook <<<'#!/opt/no/such/python -u'
    go
    status_is 2
    stderr_has "$PWD/hook: its interpreter /opt/no/such/python is not there"
    printf '#!/bin/sh\r\necho\r\n' | handler hook
    go
    status_is 2
    stderr_has "$PWD/hook: has Windows line ends"
    stderr_has "sed -i"
    handler hook <<<'#!/usr/bin/env no-such-python'
    go
    status_is 2
    stderr_has "$PWD/hook: needs \"no-such-python\", which is not in PATH"
}

@test "a program that the handler does not find is told apart from the handler" {
    handler hook <<'EOF'
#!/bin/sh
no-such-program-at-all
EOF
    go
    status_is 1
    stderr_has "exit status 127: a program it calls was not found"
    stderr_has "no-such-program-at-all"
}

@test "cwd, umask, env of the configuration" {
    mkdir sub
    config <<EOF
cwd = "$PWD/sub"
umask = 027
env = { "A=1", "B=with = and space" }
EOF
    handler hook <<'EOF'
#!/bin/sh
{ pwd; umask; echo "$A $B"; } >seen
EOF
    A=0 go
    status_is 0
    file_is sub/seen <<EOF
$PWD/sub
0027
1 with = and space
EOF
    go --cwd "$PWD/nowhere"
    status_is 2
    stderr_has "$PWD/nowhere: cannot be the working directory (cwd) of $PWD/hook"
}

@test "told to stop, we stop the handler, undo, and exit with 75" {
    handler hook <<'EOF'
#!/bin/bash
echo "$1" >>calls
[ "$1" = deploy_challenge ] || exit 0
touch started
sleep 1000 & wait
EOF
    # a shell has SIGINT ignored for what it starts in the background, and nohup SIGHUP for all
    default=(env --default-signal=INT,HUP)
    "${default[@]}" true 2>/dev/null || default=()
    for signal in TERM ${default:+HUP INT}; do
        rm -f calls started
        "${default[@]}" "$acmehook" --verify off -H "$PWD/hook" deploy_challenge example.test "$token" "$digest" 2>err 3>&- &
        pid=$!
        for ((i = 0; i < 400; i++)); do [ ! -e started ] || break; sleep 0.05; done
        kill -s "$signal" $pid
        rc=0
        wait $pid || rc=$?
        [ $rc -eq 75 ] || { echo "SIG$signal: $rc"; return 1; }
        file_is calls <<'EOF'
deploy_challenge
clean_challenge
EOF
        grep -q "was stopped, as we were" err
    done
}
